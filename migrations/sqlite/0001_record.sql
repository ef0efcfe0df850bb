-- The record: every table as the first release makes it, by aggregate.
--
-- Instants are milliseconds UTC, days are 'YYYY-MM-DD', flags are 0 or 1, lists and bodies are JSON text. The
-- other database has the same tables and columns; only the names of the column types and the ends of the
-- tables differ.

-- ---- The installation and its nodes ----

-- Oldest program that can use the record, by the newest migration it brings. A migration that only adds
-- leaves it; one that takes something away, which programs before it still use, raises it to its own number.
create table schema_needs (
    only_row integer not null primary key check (only_row = 1),
    needs integer not null
) strict;
insert into schema_needs (only_row, needs) values (1, 1);

create table nodes (
    id text not null primary key,
    last_seen integer not null,
    -- Bytes that a node takes on trial, to find out whether there is room again.
    room blob
) strict;

-- ---- Organizations and their keys ----

create table organizations (
    id text not null primary key,
    kind text not null check (kind in ('provider', 'plan', 'county')),
    name text not null,
    npi text,
    plan text unique,
    provider_kinds text not null,
    taxonomies text not null,
    counties text not null,
    created_at integer not null,
    state text not null default 'active' check (state in ('active', 'paused', 'ended')),
    state_since integer,
    state_reason text,
    version integer not null default 1,
    -- How often one of its keys ended: puts two such changes at one moment in order.
    keys_ended integer not null default 0
) strict;

-- The county whose record this is. There is one row: of two first starts at one moment, one begins the
-- record.
create table installation (
    id integer not null primary key check (id = 1),
    county text not null references organizations (id),
    begun_at integer not null
) strict;

-- Counties that an operator added; the state's own are data of the program.
create table counties (
    code text not null primary key,
    name_en text not null,
    name_es text not null,
    region text not null,
    added_at integer not null,
    added_by text not null references organizations (id)
) strict;

create table api_keys (
    id text not null primary key,
    organization text not null references organizations (id),
    role text not null check (role in ('provider', 'plan-reviewer', 'plan-admin', 'operator')),
    label text not null,
    license text,
    secret_sha256 text not null unique,
    created_at integer not null,
    revoked_at integer,
    -- Whether it makes and ends keys of its own organization.
    manages_keys integer not null default 0 check (manages_keys in (0, 1)),
    -- Null for a key without an end.
    expires_at integer,
    -- To the hour.
    last_used_at integer,
    -- The key whose place it takes.
    replaces text references api_keys (id)
) strict;
create index api_keys_by_organization on api_keys (organization);

-- ---- People's accounts ----

-- A person's way in for one organization. Name and address are null of the first operator until that person
-- gives them.
create table accounts (
    id text not null primary key,
    organization text not null references organizations (id),
    name text,
    -- In small letters.
    email text,
    language text not null check (language in ('en', 'es')),
    roles text not null,
    license text,
    -- Whether the person invites, changes and ends accounts of the organization.
    administers integer not null check (administers in (0, 1)),
    state text not null check (state in ('invited', 'active', 'ended')),
    state_since integer not null,
    state_reason text,
    created_at integer not null,
    version integer not null,
    check (state <> 'active' or (name is not null and email is not null))
) strict;
create index accounts_by_organization on accounts (organization, id);
create index accounts_by_email on accounts (email, id);
-- One address has one live account of an organization.
create unique index accounts_one_live on accounts (organization, email) where state <> 'ended';

-- Links by which accounts are taken up. The secret of a link is here as its SHA-256 only.
create table invitations (
    id text not null primary key,
    account text not null references accounts (id),
    secret_sha256 text not null unique,
    made_at integer not null,
    ends_at integer not null,
    state text not null check (state in ('open', 'accepted', 'replaced', 'withdrawn')),
    settled_at integer,
    check ((state = 'open') = (settled_at is null))
) strict;
create index invitations_by_account on invitations (account, id);
-- One link opens an account: the newest.
create unique index invitations_one_open on invitations (account) where state = 'open';

-- Authenticators and recovery codes of people. An authenticator's secret is here as it is, of a recovery code its
-- SHA-256 in hexadecimal digits.
create table credentials (
    id text not null primary key,
    account text not null references accounts (id),
    kind text not null check (kind in ('totp', 'recovery')),
    secret blob not null,
    state text not null check (state in ('offered', 'active', 'ended')),
    made_at integer not null,
    -- Step of the last code that was taken: none up to it is taken again.
    used_step integer,
    settled_at integer
) strict;
create index credentials_by_account on credentials (account, state, kind, made_at, id);
-- One authenticator signs an account in.
create unique index credentials_one_totp on credentials (account) where kind = 'totp' and state = 'active';

-- Passkeys of people: public keys, with the id that a device gave each.
create table passkeys (
    id text not null primary key,
    account text not null references accounts (id),
    name text not null,
    handle blob not null unique,
    -- As the device wrote it (COSE).
    public_key blob not null,
    -- Uses as the device counts them; 0 where it counts none.
    counter integer not null,
    state text not null check (state in ('active', 'ended')),
    made_at integer not null,
    used_at integer,
    settled_at integer,
    check ((state = 'active') = (settled_at is null))
) strict;
create index passkeys_by_account on passkeys (account, state, made_at, id);

-- Challenges that wait for the answer of a passkey, here as their SHA-256. Each goes with its answer, or soon after
-- its end.
create table passkey_challenges (
    challenge_sha256 text not null primary key,
    purpose text not null check (purpose in ('sign-in', 'prove', 'add', 'take-up')),
    -- None for whoever signs in: nobody knows yet who that is.
    account text references accounts (id),
    ends_at integer not null,
    check ((purpose = 'sign-in') = (account is null))
) strict;
create index passkey_challenges_by_end on passkey_challenges (ends_at);

-- Identity providers by which the people of an organization sign in (OpenID Connect). The client's secret is here as
-- it is: the provider asks for it.
create table identity_providers (
    id text not null primary key,
    organization text not null references organizations (id),
    -- By which people call it up.
    short_name text not null,
    issuer text not null,
    client_id text not null,
    -- Forgotten with the end.
    client_secret text,
    -- Of its people's addresses; where it is empty, any will do.
    email_domains text not null,
    state text not null check (state in ('active', 'ended')),
    begun_at integer not null,
    ended_at integer,
    version integer not null,
    check ((state = 'active') = (ended_at is null)),
    check ((state = 'active') = (client_secret is not null))
) strict;
create index identity_providers_by_organization on identity_providers (organization, id);
-- One signs an organization's people in, and is called up by one name.
create unique index identity_providers_one_live on identity_providers (organization) where state = 'active';
create unique index identity_providers_one_name on identity_providers (short_name) where state = 'active';

-- Domains by which people call up a provider that goes on. One domain leads to one provider.
create table identity_provider_domains (
    domain text not null primary key,
    provider text not null references identity_providers (id)
) strict;
create index identity_provider_domains_by_provider on identity_provider_domains (provider);

-- Who of a provider's people opens which account. `subject` is the provider's name for the person, and says nothing.
create table identity_links (
    id text not null primary key,
    provider text not null references identity_providers (id),
    subject text not null,
    account text not null references accounts (id),
    state text not null check (state in ('active', 'ended')),
    made_at integer not null,
    used_at integer,
    settled_at integer,
    check ((state = 'active') = (settled_at is null))
) strict;
create index identity_links_by_account on identity_links (account, state);
create unique index identity_links_one_account on identity_links (provider, subject) where state = 'active';
create unique index identity_links_one_person on identity_links (provider, account) where state = 'active';

-- Ways out to a provider and back, here as the SHA-256 of their state. Each goes with its answer, or soon after its end.
create table identity_attempts (
    state_sha256 text not null primary key,
    provider text not null references identity_providers (id),
    purpose text not null check (purpose in ('sign-in', 'sign-in-anew', 'prove', 'take-up')),
    -- None for whoever signs in: nobody knows yet who that is.
    account text references accounts (id),
    -- Address of the page to go to afterwards.
    leads_to text not null,
    asked_at integer not null,
    ends_at integer not null,
    check ((purpose in ('sign-in', 'sign-in-anew')) = (account is null))
) strict;
create index identity_attempts_by_end on identity_attempts (ends_at);

-- Sessions of people who signed in. The secret of a session is here as its SHA-256 only.
create table sessions (
    id text not null primary key,
    account text not null references accounts (id),
    secret_sha256 text not null unique,
    began_at integer not null,
    -- To the minute.
    seen_at integer not null,
    proved_at integer not null,
    state text not null check (state in ('open', 'locked', 'ended')),
    state_since integer,
    why text check (why in ('signed-out', 'account')),
    check ((state = 'open') = (state_since is null)),
    check ((state = 'ended') = (why is not null))
) strict;
create index sessions_by_account on sessions (account, began_at, id);

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

-- What was counted before something was admitted must be so when it is kept. `subject` names what was
-- counted, such as the places of a plan's service in a county; whoever adds to it raises `revision`.
create table fences (
    subject text not null primary key,
    revision integer not null
) strict;

-- ---- The audit trail ----

-- Who did or looked at what. Insert only; ids only, no words.
create table audit (
    id text not null primary key,
    at integer not null,
    request_id text not null,
    key_id text references api_keys (id),
    -- The person, where one acted under an account.
    account text references accounts (id),
    actor_org text references organizations (id),
    role text not null,
    action text not null,
    subject_kind text not null,
    subject_id text not null,
    plan text,
    outcome text not null,
    -- Reason of a look, where one must be given.
    purpose text
) strict;
create index audit_by_instant on audit (at, id);
create index audit_by_subject on audit (subject_id, at, id);
create index audit_by_actor on audit (actor_org, at, id);
create index audit_by_plan on audit (plan, at, id);

-- The plans that an entry concerns besides the one in whose name it was made.
create table audit_plans (
    plan text not null,
    at integer not null,
    audit_id text not null references audit (id),
    primary key (plan, at, audit_id)
) strict;
-- This index and those of the same name on tables of events: what refers to an entry that retention may
-- remove.
create index audit_plans_by_audit on audit_plans (audit_id);

-- ---- Members ----

-- A plan's member file. One of many rows is loaded in slices by this host's duties.
create table rosters (
    id text not null primary key,
    plan text not null,
    sha256 text not null,
    received_at integer not null,
    report text not null,
    state text not null default 'loaded'
        check (state in ('receiving', 'checking', 'loading', 'loaded', 'cancelled')),
    slices integer not null default 0,
    -- Slices done of the state that the file is in.
    done integer not null default 0,
    -- The node that holds it. It is given to another when `held_until` has passed.
    held_by text,
    held_until integer,
    members_new integer not null default 0,
    members_known integer not null default 0,
    coverages_new integer not null default 0,
    coverages_changed integer not null default 0,
    -- A file in which the state, by the operator, says who its plan's members are.
    of_the_state integer not null default 0 check (of_the_state in (0, 1))
) strict;
create index rosters_by_plan on rosters (plan, sha256);
create index rosters_unfinished on rosters (plan, received_at, id) where state in ('checking', 'loading');
create index rosters_receiving on rosters (received_at) where state = 'receiving';
create index rosters_cancelled on rosters (id) where state = 'cancelled';

-- The rows of a file that waits or is being loaded, as JSON; a slice goes once it is loaded.
create table roster_slices (
    roster text not null references rosters (id),
    number integer not null,
    -- The client index numbers of its rows, as JSON; null where a row is about a member of an earlier one.
    cins text,
    body blob not null,
    primary key (roster, number)
) strict;

-- Contact is columns, not JSON: what a provider has verified, a roster must not overwrite. Each contact value
-- and each fact of a member file has the day as of which it was true (`…_as_of`, `told_on`): the newer day
-- stands, not the later upload.
create table members (
    id text not null primary key,
    -- The person's own id while the standing is not `confirmed`, so that a number is one confirmed person's.
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
    version integer not null,
    told_on text,
    phone_as_of text,
    address_as_of text,
    -- `confirmed`: a plan's file or the state says so. `provisional`: one organization alone says so,
    -- `told_by`, under the number `told_cin`; nobody else is shown the person. `merged`: it turned out to be
    -- another person of the record, `merged_into`.
    standing text not null default 'confirmed' check (standing in ('confirmed', 'provisional', 'merged')),
    told_cin text,
    told_by text,
    merged_into text references members (id)
) strict;
create unique index members_provisional on members (told_cin, told_by) where standing = 'provisional';
create index members_merged on members (merged_into) where merged_into is not null;

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
    told_on text,
    -- Since when the days of a span are another plan's too, in a line in which a person has one plan: on
    -- those days the span yields.
    disputed_since integer,
    unique (member, plan, line, first_day)
) strict;
create index coverages_by_plan on coverages (plan, member);
create index coverages_by_roster on coverages (roster);

-- Who said what of a member, and when: each value that a plan's files or a provider gave, with the first and
-- the last day of which it was said. `received_at` and `roster` are of the last time.
create table member_values (
    member text not null references members (id),
    name text not null,
    source_kind text not null check (source_kind in ('plan-file', 'provider')),
    source text not null,
    value text not null,
    first_said text not null,
    last_said text not null,
    received_at integer not null,
    roster text references rosters (id),
    primary key (member, name, source_kind, source, value)
) strict, without rowid;

-- What a plan's member file says in columns that are not ours: the latest file's cells by their headers, as
-- JSON.
create table member_columns (
    member text not null references members (id),
    plan text not null,
    told_on text not null,
    roster text not null references rosters (id),
    body text not null,
    primary key (member, plan)
) strict;

-- Members whose coverage a file changed and who have cases: on that day they are looked at again.
create table member_moves (
    member text not null references members (id),
    due_on text not null,
    noted_at integer not null,
    primary key (member, due_on)
) strict, without rowid;
create index member_moves_due on member_moves (due_on, member);

-- Which providers see a member. Sight has a reason and an end: first contact ends by itself, a case's sight
-- ends some days after the case.
create table grants (
    member text not null references members (id),
    organization text not null references organizations (id),
    reason text not null check (reason in ('contact', 'case')),
    -- The case, or '' for first contact.
    subject text not null,
    since integer not null,
    -- The last day; null while the case is open.
    until text,
    primary key (member, organization, reason, subject)
) strict;
create index grants_by_organization on grants (organization, member);
create index grants_by_subject on grants (subject) where reason = 'case';

-- Contradictions about a person that people settle. `member` is the person in the record and `plan` the one
-- whose file says otherwise. `apart` is the person as that file alone tells of, `other` the plan that covered
-- the member first. `told` is who the row says that it is, as JSON. `tell` is what the organizations
-- concerned have still to be told.
create table identity_conflicts (
    id text not null primary key,
    kind text not null check (kind in ('birth-date', 'name', 'two-plans')),
    member text not null references members (id),
    plan text not null,
    other text,
    apart text references members (id),
    roster text not null references rosters (id),
    row_number integer not null,
    told text,
    state text not null check (state in ('open', 'settled')),
    opened_at integer not null,
    verdict text check (verdict in ('record', 'file', 'first-plan', 'later-plan', 'state', 'gone')),
    settled_at integer,
    settled_by text references organizations (id),
    reason text,
    tell text check (tell in ('opened', 'settled')),
    version integer not null
) strict;
create unique index identity_conflicts_one_open on identity_conflicts (member, plan, kind, coalesce(other, ''))
    where state = 'open';
create index identity_conflicts_by_instant on identity_conflicts (opened_at, id);
create index identity_conflicts_by_plan on identity_conflicts (plan, opened_at, id);
create index identity_conflicts_to_tell on identity_conflicts (id) where tell is not null;
create index identity_conflicts_by_member on identity_conflicts (member);
create index identity_conflicts_by_apart on identity_conflicts (apart) where apart is not null;

-- What was done to who a person is, by whom and why. `detail` is JSON: what was so before, and what went
-- where.
create table identity_events (
    id text not null primary key,
    member text not null references members (id),
    at integer not null,
    name text not null check (name in ('corrected', 'merged', 'received', 'split', 'split-off', 'confirmed')),
    other text references members (id),
    actor_org text references organizations (id),
    actor_role text not null,
    reason text,
    detail text not null,
    audit_id text not null references audit (id)
) strict;
create index identity_events_by_member on identity_events (member, at, id);
create index identity_events_by_audit on identity_events (audit_id);
create index identity_events_by_other on identity_events (other) where other is not null;

-- Looks for members in vain: by key, by organization, by organization and number, and by number, which is here
-- as its SHA-256.
create table tries (
    subject text not null primary key,
    misses integer not null,
    since_at integer not null
) strict;
create index tries_by_instant on tries (since_at);

-- ---- A plan's rules ----

-- Where each component of a plan stands between its upload and its end.
create table releases (
    plan text not null,
    digest text not null,
    state text not null,
    body text not null,
    size_bytes integer not null,
    file text,
    note text,
    uploaded_at integer not null,
    uploaded_by text not null references organizations (id),
    -- Who brought it: software by a key, or a person by an account.
    uploaded_key text references api_keys (id),
    uploaded_account text references accounts (id),
    updated_at integer not null,
    version integer not null,
    primary key (plan, digest)
) strict;
create index releases_by_plan on releases (plan, uploaded_at, digest);
create index releases_by_digest on releases (digest, plan);
create index releases_by_state on releases (state, plan, digest);

create table release_events (
    id text not null primary key,
    plan text not null,
    digest text not null,
    seq integer not null,
    at integer not null,
    name text not null,
    state text not null,
    actor_org text references organizations (id),
    actor_key text references api_keys (id),
    actor_account text references accounts (id),
    actor_role text not null,
    detail text not null,
    audit_id text not null references audit (id),
    unique (plan, digest, seq),
    foreign key (plan, digest) references releases (plan, digest)
) strict;
create index release_events_by_audit on release_events (audit_id);

-- The bytes of what is still to be compiled. Once it runs, they are its plugin's.
create table uploads (
    plan text not null,
    digest text not null,
    bytes blob not null,
    primary key (plan, digest),
    foreign key (plan, digest) references releases (plan, digest)
) strict;

-- Which process compiles an upload, and until when nobody else does, by the database's clock. The token
-- counts the holders: one who held it before settles nothing.
create table compile_leases (
    plan text not null,
    digest text not null,
    node text not null,
    token integer not null,
    until_at integer not null,
    primary key (plan, digest),
    foreign key (plan, digest) references releases (plan, digest)
) strict;

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

-- The public halves of the keys that a plan signs its plugins with.
create table signing_keys (
    id text not null primary key,
    plan text not null,
    public_key text not null,
    label text not null,
    created_at integer not null,
    created_by text not null references organizations (id),
    retired_at integer,
    unique (plan, public_key)
) strict;

-- What is demanded of a plan's releases, where it is not the default.
create table plan_policies (
    plan text not null primary key,
    body text not null,
    updated_at integer not null,
    updated_by text not null references organizations (id)
) strict;

-- From when on a plugin answers, and which requests: those about the day `rules_from` and later ones, of a
-- share of the providers or of members of some counties. One that ended answers nothing more, and what stood
-- before it answers again.
create table activations (
    id text not null primary key,
    plan text not null,
    digest text not null,
    from_at integer not null,
    version integer not null,
    made_at integer not null,
    made_by text not null references organizations (id),
    rules_from text,
    share_percent integer check (share_percent between 1 and 99),
    counties text,
    ended_at integer,
    ended_for text check (ended_for in ('rolled-back', 'revoked')),
    unique (plan, version),
    foreign key (digest, plan) references plugins (digest, plan)
) strict;
create index activations_by_instant on activations (plan, from_at, version);

-- What conformance runs came to: one row for each run, about just that component, kit and contract. The body
-- is the whole receipt as JSON.
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

-- A candidate's answers to what a plan was really asked, without effect.
create table shadow_runs (
    id text not null primary key,
    plan text not null,
    digest text not null,
    state text not null check (state in ('running', 'done', 'cancelled')),
    wanted integer not null,
    -- Everything before this was compared: the instant and the id of the last evaluation.
    next_at integer not null,
    next_id text not null,
    until_at integer not null,
    -- Of a hundred evaluations.
    share_percent integer not null,
    compared integer not null,
    report text not null,
    asked_at integer not null,
    asked_by text not null,
    touched_at integer not null,
    version integer not null
) strict;
create index shadow_runs_by_plan on shadow_runs (plan, id);
create index shadow_runs_running on shadow_runs (touched_at, id) where state = 'running';

create table shadow_changes (
    run text not null references shadow_runs (id),
    number integer not null,
    evaluation text not null,
    case_id text not null,
    -- What the answers differ by: changes with one cause are read as a list of their own.
    cause text not null,
    body text not null,
    primary key (run, number)
) strict;
create index shadow_changes_by_cause on shadow_changes (run, cause, number);

-- Reference tables that plans upload. A version never changes and never goes: evaluations name it.
create table table_versions (
    plan text not null,
    name text not null,
    version integer not null,
    -- Keys and columns as the profile declared them: rows go to a plugin that declares the same, and to no
    -- other.
    shape text not null,
    first_day text not null,
    last_day text,
    row_count integer not null,
    sha256 text not null,
    uploaded_at integer not null,
    uploaded_by text not null references organizations (id),
    primary key (plan, name, version)
) strict;

create table table_rows (
    plan text not null,
    name text not null,
    version integer not null,
    number integer not null,
    key text not null,
    cells text not null,
    primary key (plan, name, version, number),
    foreign key (plan, name, version) references table_versions (plan, name, version)
) strict;
create index table_rows_by_key on table_rows (plan, name, version, key, number);

-- Requests that a plan's rules sent back to their sender with the fields that are wrong. No case came of
-- them.
create table refused_inputs (
    id text not null primary key,
    plan text not null,
    digest text not null,
    operation text not null,
    provider_org text not null references organizations (id),
    fields text not null,
    duration_us integer not null,
    memory_bytes integer not null,
    cpu_ticks integer not null,
    at integer not null
) strict;
create index refused_inputs_by_plan on refused_inputs (plan, at, id);

-- ---- Cases ----

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
-- Lists by whom a case is between, its state and what it is for.
create index cases_by_provider on cases (provider_org, kind, received_at, id);
create index cases_by_provider_state on cases (provider_org, kind, state, received_at, id);
create index cases_by_provider_service on cases (provider_org, kind, service, received_at, id);
create index cases_by_plan on cases (plan, kind, received_at, id);
create index cases_by_plan_state on cases (plan, kind, state, received_at, id);
create index cases_by_plan_service on cases (plan, kind, service, received_at, id);
create index cases_by_plan_provider on cases (plan, kind, provider_org, received_at, id);
create index cases_by_assigned on cases (assigned_org, kind, received_at, id);
create index cases_by_assigned_state on cases (assigned_org, kind, state, received_at, id);
-- Few cases are assigned: the other indexes of such lists hold only those.
create index cases_by_assigned_service on cases (assigned_org, kind, service, received_at, id)
    where assigned_org is not null;
create index cases_by_assigned_plan on cases (assigned_org, kind, plan, received_at, id)
    where assigned_org is not null;
create index cases_by_member on cases (member, received_at, id);
-- The order too: without it a planner prefers the plan's own list, which it would read whole.
create index cases_by_member_service on cases (member, kind, service, plan, received_at, id);
create index cases_by_parent on cases (parent);
-- What is still open of a member with a plan.
create index cases_open on cases (member, plan, received_at, id)
    where state not in ('redirected', 'not-eligible', 'closed', 'joined', 'approved', 'partly-approved', 'modified',
        'denied', 'withdrawn', 'paid', 'replaced', 'voided', 'void', 'moved');
-- One open referral for a member, a service and a plan, however many are sent at one moment; one whose member
-- changes providers is open too.
create unique index cases_one_open_referral on cases (member, service, plan) where kind = 'referral'
    and state in ('needs-information', 'with-people', 'accepted', 'provider-accepted', 'in-service',
        'changing-provider');

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
    -- A step of a case that several plans read belongs to the plan whose part it is.
    plan text,
    unique (case_id, seq)
) strict;
create index events_by_audit on events (audit_id);

-- Calls of a plan's rules about a case: the question, the answer, and what it cost.
create table evaluations (
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
    at integer not null,
    -- What the plan's code cost: ticks of the engine's clock, 10 ms each, that fell into the call.
    cpu_ticks integer not null default 0,
    -- 0 where a plugin was handed a part of the member's history only.
    history_complete integer not null default 1 check (history_complete in (0, 1)),
    -- 0 where it was handed a part of the member's open cases only.
    open_cases_complete integer not null default 1 check (open_cases_complete in (0, 1))
) strict;
create index evaluations_by_case on evaluations (case_id, at, id);
create index evaluations_by_plan_newest on evaluations (plan, at, id);
-- How a plugin's last calls ended.
create index evaluations_by_plugin on evaluations (plan, digest, at, id);

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
    -- The account or key of whoever of the plan's people has it; nobody's where it is null.
    holder text,
    held_since integer,
    -- Grows with each change of hands.
    version integer not null default 1,
    primary key (case_id, plan),
    check ((holder is null) = (held_since is null))
) strict;
create index worklist_by_due on worklist (plan, coalesce(due_at, 9223372036854775807), case_id);
create index worklist_by_kind_due on worklist (plan, kind, coalesce(due_at, 9223372036854775807), case_id);
create index worklist_by_urgency_due on worklist (plan, urgency, coalesce(due_at, 9223372036854775807), case_id);
create index worklist_by_holder_due on worklist (plan, coalesce(holder, ''), coalesce(due_at, 9223372036854775807), case_id);

-- What a plan's people did with a case that waited for them, and their notes. Only they read it.
create table work_steps (
    id text not null primary key,
    case_id text not null references cases (id),
    plan text not null,
    at integer not null,
    kind text not null check (kind in ('take', 'pass', 'put-back', 'note')),
    -- An account or a key, as are those to whom it was passed.
    actor text not null,
    receiver text,
    note text,
    check ((kind = 'pass') = (receiver is not null)),
    check ((kind = 'note') = (note is not null))
) strict;
create index work_steps_by_case on work_steps (case_id, plan, at, id);
create index work_steps_by_instant on work_steps (at, id);

-- Clocks. A right that was not used in time has `lapsed`; nobody missed it.
create table deadlines (
    id text not null primary key,
    case_id text not null references cases (id),
    plan text,
    provider_org text not null references organizations (id),
    rule text not null,
    started_at integer not null,
    due_at integer not null,
    state text not null check (state in ('open', 'met', 'missed', 'cancelled', 'lapsed')),
    settled_at integer,
    -- Who delivers sees the clocks of a case as who sent it does.
    assigned_org text references organizations (id)
) strict;
create index deadlines_open on deadlines (due_at, id) where state = 'open';
create index deadlines_by_case on deadlines (case_id, started_at, id);
create index deadlines_by_plan on deadlines (plan, state, due_at, id);
create index deadlines_by_provider on deadlines (provider_org, state, due_at, id);
create index deadlines_by_assigned on deadlines (assigned_org, state, due_at, id);

-- Referrals that a provider may take, as long as it may. It sees no more of one than stands here and where
-- the member lives.
create table offers (
    case_id text not null primary key references cases (id),
    organization text not null references organizations (id),
    offered_at integer not null,
    due_at integer not null
) strict;
create index offers_by_organization on offers (organization, offered_at, case_id);

-- Presumptive windows: days in which service may be delivered before the decision, and which therefore count
-- as spoken for: towards limits, and as a place where a plan's service has a number of them.
create table windows (
    case_id text not null primary key references cases (id),
    member text not null references members (id),
    plan text not null,
    service text not null,
    provider_org text not null references organizations (id),
    first_day text not null,
    last_day text not null
) strict;
create index windows_by_member on windows (member, first_day, case_id);
create index windows_by_service on windows (plan, service, first_day, member);

-- Documents. Their bytes lie beside the record, under their SHA-256.
create table documents (
    id text not null primary key,
    sha256 text not null,
    size_bytes integer not null,
    media_type text not null,
    kind text not null,
    title text,
    member text references members (id),
    organization text not null references organizations (id),
    key_id text references api_keys (id),
    uploaded_at integer not null
) strict;
create index documents_by_organization on documents (organization, uploaded_at, id);
create index documents_by_content on documents (sha256);
create index documents_by_instant on documents (uploaded_at, id);
-- Few documents are about a member and no case: for a merger, a split and retention.
create index documents_by_member on documents (member) where member is not null;

-- The cases that a document was sent with.
create table document_uses (
    document text not null references documents (id),
    case_id text not null references cases (id),
    at integer not null,
    primary key (document, case_id)
) strict;
create index document_uses_by_case on document_uses (case_id);

-- ---- Contracts ----

-- Contracts of providers with plans, or with a plan's delegate for the members of its groups.
create table contracts (
    id text not null primary key,
    plan text not null,
    provider_org text not null references organizations (id),
    delegate text,
    state text not null check (state in ('active', 'suspended', 'ended')),
    -- The terms, the standing and the suspensions, as JSON.
    body text not null,
    made_at integer not null,
    updated_at integer not null,
    version integer not null,
    -- Until when the reason of its standing is to be written in its other language; null where it is whole.
    translation_due integer
) strict;
create index contracts_by_provider on contracts (provider_org, made_at, id);
create index contracts_by_plan on contracts (plan, made_at, id);
create index contracts_untranslated on contracts (plan, translation_due, id) where translation_due is not null;
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
) strict;
create index contract_days_by_service on contract_days (provider_org, plan, service, county, first_day);
-- Who may be offered a referral: contracts by what they are for.
create index contract_days_by_plan on contract_days (plan, service, county, first_day);

create table contract_events (
    id text not null primary key,
    contract text not null references contracts (id),
    seq integer not null,
    at integer not null,
    name text not null,
    state text not null,
    actor_org text references organizations (id),
    actor_role text not null,
    detail text not null,
    audit_id text not null references audit (id),
    unique (contract, seq)
) strict;
create index contract_events_by_audit on contract_events (audit_id);

-- ---- Use and money ----

-- Use is counted by procedure, and by what became of it: `authorized` is what a plan granted, `payable` what
-- its rules priced and nobody has paid yet, `paid` what it paid. `procedure` is a code with its modifiers in
-- order, such as `T2033 U6`; `line` is the line's place in its case, from 1; `amount` is cents, and 0 for
-- what is authorized.
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

-- What plans told providers that they paid: a remittance is one transfer or check to one provider, under a
-- number of the plan's own. `total` is cents: what its lines pay, less what it takes back.
create table remittances (
    id text not null primary key,
    plan text not null,
    number text not null,
    provider_org text not null references organizations (id),
    total integer not null,
    at integer not null,
    made_by text not null references organizations (id),
    unique (plan, number)
) strict;
create index remittances_by_plan on remittances (plan, at, id);
create index remittances_by_provider on remittances (provider_org, at, id);

-- The ledger: what was paid for each line of a claim, and what is taken back of it because a correction, a
-- void or a dispute took its place. `amount` is signed cents. An entry never changes, but for the remittance
-- that carries a take-back, once.
create table payments (
    id text not null primary key,
    plan text not null,
    provider_org text not null references organizations (id),
    case_id text not null references cases (id),
    line integer not null,
    cause text not null check (cause in ('paid', 'replaced', 'voided', 'paid-anew')),
    amount integer not null,
    adjustments text not null,
    at integer not null,
    remittance text references remittances (id)
) strict;
create index payments_by_case on payments (case_id, line, at, id);
create index payments_by_remittance on payments (remittance, case_id, line, id);
create index payments_open on payments (plan, provider_org, at, id) where remittance is null;

-- ---- Notices ----

-- Work for the duties that is delivered at least once.
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
-- For retention.
create index outbox_done on outbox (due_at, id) where state = 'done';
-- Jobs that wait for a person, which a duty counts.
create index outbox_dead on outbox (id) where state = 'dead';

create table notices (
    id text not null primary key,
    organization text not null references organizations (id),
    at integer not null,
    case_id text references cases (id),
    kind text not null,
    body text not null,
    -- The member that a notice is about, where it is about no case.
    member text references members (id)
) strict;
create index notices_by_organization on notices (organization, at, id);
-- For retention.
create index notices_by_instant on notices (at, id);
create index notices_by_member on notices (member) where member is not null;
