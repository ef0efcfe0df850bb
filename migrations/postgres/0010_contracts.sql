-- Contracts of providers with plans, or with a plan's delegate for the members of its groups.
create table contracts (
    id text not null primary key,
    plan text not null,
    provider_org text not null references organizations (id),
    delegate text,
    state text not null check (state in ('active', 'suspended', 'ended')),
    -- The terms, the standing and the suspensions, as JSON.
    body text not null,
    made_at bigint not null,
    updated_at bigint not null,
    version bigint not null
);
create index contracts_by_provider on contracts (provider_org, made_at, id);
create index contracts_by_plan on contracts (plan, made_at, id);
-- One contract that has not ended for a provider with a plan, or with a delegate of it.
create unique index contracts_one_live on contracts (provider_org, plan, coalesce(delegate, ''))
    where state <> 'ended';

-- The days on which a contract holds for a service in a county: its terms without its suspensions.
create table contract_days (
    contract text not null references contracts (id),
    provider_org text not null references organizations (id),
    plan text not null,
    delegate text,
    service text not null,
    county text not null,
    first_day text not null,
    last_day text,
    primary key (contract, service, county, first_day)
);
create index contract_days_by_service on contract_days (provider_org, plan, service, county, first_day);

create table contract_events (
    id text not null primary key,
    contract text not null references contracts (id),
    seq bigint not null,
    at bigint not null,
    name text not null,
    state text not null,
    actor_org text references organizations (id),
    actor_role text not null,
    detail text not null,
    audit_id text not null references audit (id),
    unique (contract, seq)
);
