-- A candidate's answers to what a plan was really asked, without effect.
create table shadow_runs (
    id text not null primary key,
    plan text not null,
    digest text not null,
    state text not null check (state in ('running', 'done', 'cancelled')),
    wanted bigint not null,
    -- Everything before this was compared: the instant and the id of the last decision.
    next_at bigint not null,
    next_id text not null,
    until_at bigint not null,
    compared bigint not null,
    report text not null,
    asked_at bigint not null,
    asked_by text not null,
    touched_at bigint not null,
    version bigint not null
);
create index shadow_runs_by_plan on shadow_runs (plan, id);
create index shadow_runs_running on shadow_runs (touched_at, id) where state = 'running';
create table shadow_changes (
    run text not null references shadow_runs (id),
    number bigint not null,
    decision text not null,
    case_id text not null,
    body text not null,
    primary key (run, number)
);
create index decisions_by_plan_newest on decisions (plan, at, id);
