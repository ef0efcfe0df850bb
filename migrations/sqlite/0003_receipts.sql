-- What conformance runs came to: one row for each run, about just that component, kit and contract. The body is the whole
-- receipt as JSON.
create table receipts (
    id text not null primary key,
    plan text not null,
    digest text not null,
    kit integer not null,
    contract text not null,
    conforms integer not null check (conforms in (0, 1)),
    made_at integer not null,
    made_by text not null references organizations (id),
    body text not null,
    foreign key (digest, plan) references plugins (digest, plan)
) strict;
create index receipts_by_plugin on receipts (plan, digest, made_at, id);
