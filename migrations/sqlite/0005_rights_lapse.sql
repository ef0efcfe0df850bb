-- A right that was not used in time has lapsed; nobody missed it. SQLite changes a check by copying the table.
create table deadlines_with_lapse (
    id text not null primary key,
    case_id text not null references cases (id),
    plan text,
    provider_org text not null references organizations (id),
    rule text not null,
    started_at integer not null,
    due_at integer not null,
    state text not null check (state in ('open', 'met', 'missed', 'cancelled', 'lapsed')),
    settled_at integer
) strict;
insert into deadlines_with_lapse select * from deadlines;
drop table deadlines;
alter table deadlines_with_lapse rename to deadlines;
create index deadlines_open on deadlines (due_at, id) where state = 'open';
create index deadlines_by_case on deadlines (case_id, started_at, id);
create index deadlines_by_plan on deadlines (plan, state, due_at, id);
create index deadlines_by_provider on deadlines (provider_org, state, due_at, id);
