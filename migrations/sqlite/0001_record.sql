-- The record. Instants are milliseconds UTC, days are 'YYYY-MM-DD', flags are 0 or 1, lists and bodies are JSON text.
-- The other database has the same tables and columns; only the names of the three column types differ.

create table nodes (
    id text not null primary key,
    last_seen integer not null
) strict;

create table organizations (
    id text not null primary key,
    kind text not null check (kind in ('provider', 'plan', 'county')),
    name text not null,
    npi text,
    plan text unique,
    provider_kinds text not null,
    taxonomies text not null,
    counties text not null,
    created_at integer not null
) strict;

create table api_keys (
    id text not null primary key,
    organization text not null references organizations (id),
    role text not null check (role in ('provider', 'plan-reviewer', 'plan-admin', 'operator')),
    label text not null,
    license text,
    secret_sha256 text not null unique,
    created_at integer not null,
    revoked_at integer
) strict;
create index api_keys_by_organization on api_keys (organization);

-- Contact is columns, not JSON: what a provider has verified, a roster must not overwrite.
create table members (
    id text not null primary key,
    cin text not null unique,
    family_name text not null,
    given_name text not null,
    birth_date text not null,
    county text not null,
    language text not null,
    phone text,
    phone_source text check (phone_source in ('roster', 'provider')),
    phone_at integer,
    address text,
    no_fixed_address integer not null check (no_fixed_address in (0, 1)),
    address_source text check (address_source in ('roster', 'provider')),
    address_at integer,
    created_at integer not null,
    version integer not null
) strict;

-- Which providers see a member.
create table grants (
    member text not null references members (id),
    organization text not null references organizations (id),
    since integer not null,
    primary key (member, organization)
) strict;
create index grants_by_organization on grants (organization, member);

create table rosters (
    id text not null primary key,
    plan text not null,
    sha256 text not null,
    received_at integer not null,
    report text not null
) strict;
create index rosters_by_plan on rosters (plan, sha256);

create table coverages (
    id text not null primary key,
    member text not null references members (id),
    plan text not null,
    plan_member_id text not null,
    line text not null,
    group_code text,
    dual_status text,
    county text not null,
    first_day text not null,
    last_day text,
    roster text not null references rosters (id),
    unique (member, plan, line, first_day)
) strict;
create index coverages_by_plan on coverages (plan, member);
create index coverages_by_roster on coverages (roster);

create table plugins (
    digest text not null,
    plan text not null,
    version text not null,
    size_bytes integer not null,
    bytes blob not null,
    profile text not null,
    exports text not null,
    uploaded_at integer not null,
    uploaded_by text not null references organizations (id),
    primary key (digest, plan)
) strict;
create index plugins_by_plan on plugins (plan, uploaded_at, digest);

create table activations (
    id text not null primary key,
    plan text not null,
    digest text not null,
    from_at integer not null,
    version integer not null,
    made_at integer not null,
    made_by text not null references organizations (id),
    unique (plan, version),
    foreign key (digest, plan) references plugins (digest, plan)
) strict;
create index activations_by_instant on activations (plan, from_at, version);

create table cases (
    id text not null primary key,
    kind text not null check (kind in ('referral', 'authorization', 'claim', 'application')),
    provider_org text not null references organizations (id),
    assigned_org text references organizations (id),
    plan text,
    delegate text,
    member text references members (id),
    service text,
    state text not null,
    urgency text not null check (urgency in ('standard', 'expedited')),
    body text not null,
    parent text references cases (id),
    number text,
    due_at integer,
    received_at integer not null,
    updated_at integer not null,
    version integer not null,
    unique (plan, number)
) strict;
create index cases_by_provider on cases (provider_org, kind, received_at, id);
create index cases_by_provider_state on cases (provider_org, kind, state, received_at, id);
create index cases_by_assigned on cases (assigned_org, kind, received_at, id);
create index cases_by_assigned_state on cases (assigned_org, kind, state, received_at, id);
create index cases_by_plan on cases (plan, kind, received_at, id);
create index cases_by_plan_state on cases (plan, kind, state, received_at, id);
create index cases_by_member on cases (member, received_at, id);
-- The order too: without it a planner prefers the plan's own list, which it would read whole.
create index cases_by_member_service on cases (member, kind, service, plan, received_at, id);
create index cases_by_parent on cases (parent);
-- One open referral for a member, a service and a plan, however many are sent at one moment.
create unique index cases_one_open_referral on cases (member, service, plan) where kind = 'referral'
    and state in ('needs-information', 'with-people', 'accepted', 'provider-accepted', 'in-service');

-- The plans, besides `cases.plan`, that take part in a case: each plan of an application.
create table case_plans (
    case_id text not null references cases (id),
    plan text not null,
    kind text not null,
    state text not null,
    received_at integer not null,
    primary key (case_id, plan)
) strict;
create index case_plans_by_plan on case_plans (plan, kind, received_at, case_id);

-- What waits for a plan's people.
create table worklist (
    case_id text not null references cases (id),
    plan text not null,
    kind text not null,
    service text,
    why text not null,
    urgency text not null,
    delegate text,
    received_at integer not null,
    due_at integer,
    primary key (case_id, plan)
) strict;
create index worklist_by_due on worklist (plan, coalesce(due_at, 9223372036854775807), case_id);
create index worklist_by_kind_due on worklist (plan, kind, coalesce(due_at, 9223372036854775807), case_id);

-- Who did or looked at what. Insert only; ids only, no words.
create table audit (
    id text not null primary key,
    at integer not null,
    request_id text not null,
    key_id text references api_keys (id),
    actor_org text references organizations (id),
    role text not null,
    action text not null,
    subject_kind text not null,
    subject_id text not null,
    plan text,
    outcome text not null
) strict;
create index audit_by_instant on audit (at, id);
create index audit_by_subject on audit (subject_id, at, id);

create table events (
    id text not null primary key,
    case_id text not null references cases (id),
    seq integer not null,
    at integer not null,
    name text not null,
    state text not null,
    actor_org text references organizations (id),
    actor_role text not null,
    detail text not null,
    audit_id text not null references audit (id),
    unique (case_id, seq)
) strict;

create table decisions (
    id text not null primary key,
    case_id text not null references cases (id),
    plan text not null,
    digest text not null,
    operation text not null,
    ending text not null,
    input blob not null,
    output blob not null,
    duration_us integer not null,
    memory_bytes integer not null,
    at integer not null
) strict;
create index decisions_by_case on decisions (case_id, at, id);

create table deadlines (
    id text not null primary key,
    case_id text not null references cases (id),
    plan text,
    provider_org text not null references organizations (id),
    rule text not null,
    started_at integer not null,
    due_at integer not null,
    state text not null check (state in ('open', 'met', 'missed', 'cancelled')),
    settled_at integer
) strict;
create index deadlines_open on deadlines (due_at, id) where state = 'open';
create index deadlines_by_case on deadlines (case_id, started_at, id);
create index deadlines_by_plan on deadlines (plan, state, due_at, id);
create index deadlines_by_provider on deadlines (provider_org, state, due_at, id);

create table usage (
    id text not null primary key,
    member text not null references members (id),
    plan text not null,
    service text not null,
    provider_org text not null references organizations (id),
    case_id text not null references cases (id),
    first_day text not null,
    last_day text not null,
    units integer not null,
    kind text not null check (kind in ('authorized', 'paid'))
) strict;
create index usage_by_member on usage (member, plan, first_day, id);
create index usage_by_service on usage (plan, service, kind, first_day, member);
create index usage_by_case on usage (case_id);

create table outbox (
    id text not null primary key,
    due_at integer not null,
    kind text not null,
    subject text not null,
    body text not null,
    state text not null check (state in ('ready', 'leased', 'done', 'dead')),
    token text,
    lease_until integer,
    attempts integer not null
) strict;
create index outbox_ready on outbox (due_at, id) where state = 'ready';
create index outbox_leased on outbox (lease_until) where state = 'leased';
create index outbox_by_token on outbox (token) where state = 'leased';
create index outbox_unfinished on outbox (subject, id) where state in ('ready', 'leased');

create table notices (
    id text not null primary key,
    organization text not null references organizations (id),
    at integer not null,
    case_id text references cases (id),
    kind text not null,
    body text not null
) strict;
create index notices_by_organization on notices (organization, at, id);

-- Answers already given. Written in the same unit as the effect, so there is no state "started".
create table idempotency (
    organization text not null references organizations (id),
    operation text not null,
    key text not null,
    fingerprint text not null,
    status integer not null,
    headers text not null,
    body blob not null,
    at integer not null,
    primary key (organization, operation, key)
) strict;
create index idempotency_by_instant on idempotency (at);
