-- Presumptive windows: days in which service may be delivered before the decision, and which therefore count as spoken for:
-- towards limits, and as a place where a plan's service has a number of them.
create table windows (
    case_id text not null primary key references cases (id),
    member text not null references members (id),
    plan text not null,
    service text not null,
    provider_org text not null references organizations (id),
    first_day text not null,
    last_day text not null
);
create index windows_by_member on windows (member, first_day, case_id);
create index windows_by_service on windows (plan, service, first_day, member);

-- What was counted before something was admitted must be so when it is kept. `subject` names what was counted, such as the
-- places of a plan's service in a county; whoever adds to it raises `revision`.
create table fences (
    subject text not null primary key,
    revision bigint not null
);

-- 0 where a plugin was handed a part of the member's history only.
alter table decisions add column history_complete bigint not null default 1 check (history_complete in (0, 1));
