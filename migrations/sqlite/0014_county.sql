-- Counties that an operator added; the state's own are data of the program.
create table counties (
    code text not null primary key,
    name_en text not null,
    name_es text not null,
    region text not null,
    added_at integer not null,
    added_by text not null references organizations (id)
) strict;

-- Where an organization stands, since when and why; how often it was changed; and how often one of its keys ended, which
-- puts two such changes at one moment in order.
alter table organizations add column state text not null default 'active' check (state in ('active', 'paused', 'ended'));
alter table organizations add column state_since integer;
alter table organizations add column state_reason text;
alter table organizations add column version integer not null default 1;
alter table organizations add column keys_ended integer not null default 0;

-- Which keys make and end keys of their own organization.
alter table api_keys add column manages_keys integer not null default 0 check (manages_keys in (0, 1));
update api_keys set manages_keys = 1 where role in ('plan-admin', 'operator');

-- Lists of cases by what they are for and by whom they are between. What is assigned is a small part.
create index cases_by_plan_service on cases (plan, kind, service, received_at, id);
create index cases_by_provider_service on cases (provider_org, kind, service, received_at, id);
create index cases_by_plan_provider on cases (plan, kind, provider_org, received_at, id);
create index cases_by_assigned_service on cases (assigned_org, kind, service, received_at, id)
    where assigned_org is not null;
create index cases_by_assigned_plan on cases (assigned_org, kind, plan, received_at, id)
    where assigned_org is not null;
