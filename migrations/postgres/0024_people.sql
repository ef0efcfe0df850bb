-- Who a person is. `confirmed`: a plan's file or the state says so. `provisional`: one organization alone says so, `told_by`, under
-- the number `told_cin`; nobody else is shown the person, and `cin` is the person's own id, so that a number is one confirmed
-- person's. `merged`: it turned out to be another person of the record, `merged_into`.
alter table members add column standing text not null default 'confirmed'
    check (standing in ('confirmed', 'provisional', 'merged'));
alter table members add column told_cin text;
alter table members add column told_by text;
alter table members add column merged_into text references members (id);
create unique index members_provisional on members (told_cin, told_by) where standing = 'provisional';
create index members_merged on members (merged_into) where merged_into is not null;

-- Since when the days of a span are another plan's too, in a line in which a person has one plan: on those days the span yields.
alter table coverages add column disputed_since bigint;

-- A file in which the state, by the operator, says who its plan's members are.
alter table rosters add column of_the_state bigint not null default 0 check (of_the_state in (0, 1));

-- The member that a notice is about, where it is about no case.
alter table notices add column member text references members (id);

-- What people settle. `member` is the person in the record and `plan` the one whose file says otherwise. `apart` is the person as
-- that file alone tells of, `other` the plan that covered the member first. `told` is who the row says that it is, as JSON. `tell`
-- is what the organizations concerned have still to be told.
create table identity_conflicts (
    id text not null primary key,
    kind text not null check (kind in ('birth-date', 'name', 'two-plans')),
    member text not null references members (id),
    plan text not null,
    other text,
    apart text references members (id),
    roster text not null references rosters (id),
    row_number bigint not null,
    told text,
    state text not null check (state in ('open', 'settled')),
    opened_at bigint not null,
    verdict text check (verdict in ('record', 'file', 'first-plan', 'later-plan', 'state', 'gone')),
    settled_at bigint,
    settled_by text references organizations (id),
    reason text,
    tell text check (tell in ('opened', 'settled')),
    version bigint not null
);
create unique index identity_conflicts_one_open on identity_conflicts (member, plan, kind, coalesce(other, ''))
    where state = 'open';
create index identity_conflicts_by_instant on identity_conflicts (opened_at, id);
create index identity_conflicts_by_plan on identity_conflicts (plan, opened_at, id);
create index identity_conflicts_to_tell on identity_conflicts (id) where tell is not null;

-- What was done to who a person is, by whom and why. `detail` is JSON: what was so before, and what went where.
create table identity_events (
    id text not null primary key,
    member text not null references members (id),
    at bigint not null,
    name text not null check (name in ('corrected', 'merged', 'received', 'split', 'split-off', 'confirmed')),
    other text references members (id),
    actor_org text references organizations (id),
    actor_role text not null,
    reason text,
    detail text not null,
    audit_id text not null references audit (id)
);
create index identity_events_by_member on identity_events (member, at, id);
create index identity_events_by_audit on identity_events (audit_id);

-- Looks for members in vain: by key, by organization, and by organization and number, which is here as its SHA-256.
create table tries (
    subject text not null primary key,
    misses bigint not null,
    since_at bigint not null
);
create index tries_by_instant on tries (since_at);
