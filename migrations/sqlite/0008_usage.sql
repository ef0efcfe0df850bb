-- Use is counted by procedure, and by what became of it: `authorized` is what a plan granted, `payable` what its rules priced
-- and nobody has paid yet, `paid` what it paid. `procedure` is a code with its modifiers in order, such as `T2033 U6`; `line`
-- is the line's place in its case, from 1; `amount` is cents, and 0 for what is authorized.
drop table usage;

create table usage (
    id text not null primary key,
    member text not null references members (id),
    plan text not null,
    service text not null,
    procedure text not null,
    provider_org text not null references organizations (id),
    case_id text not null references cases (id),
    line integer not null,
    first_day text not null,
    last_day text not null,
    units integer not null,
    minutes integer,
    amount integer not null,
    state text not null check (state in ('authorized', 'payable', 'paid')),
    unique (case_id, line)
) strict;
create index usage_by_member on usage (member, plan, first_day, id);
create index usage_by_service on usage (plan, service, state, first_day, member);

-- The days on which a provider's service is payable or paid, each once: nobody pays for a day twice.
create table service_days (
    member text not null references members (id),
    provider_org text not null references organizations (id),
    procedure text not null,
    day text not null,
    case_id text not null references cases (id),
    line integer not null,
    primary key (member, provider_org, procedure, day)
) strict;
create index service_days_by_case on service_days (case_id);
