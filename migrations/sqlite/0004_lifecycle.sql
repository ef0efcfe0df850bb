-- Which requests an activation is for: those about this day and later ones, of a share of the providers or of members
-- of some counties. One that ended answers nothing more, and what stood before it answers again.
alter table activations add column rules_from text;
alter table activations add column share_percent integer check (share_percent between 1 and 99);
alter table activations add column counties text;
alter table activations add column ended_at integer;
alter table activations add column ended_for text check (ended_for in ('rolled-back', 'revoked'));

-- Where each plugin of a plan stands between its upload and its end.
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
    uploaded_key text references api_keys (id),
    updated_at integer not null,
    version integer not null,
    primary key (plan, digest)
) strict;
create index releases_by_plan on releases (plan, uploaded_at, digest);
create index releases_by_digest on releases (digest, plan);
create index releases_by_state on releases (state, plan, digest);

-- The bytes of what is still to be compiled. Once it runs, they are its plugin's.
create table uploads (
    plan text not null,
    digest text not null,
    bytes blob not null,
    primary key (plan, digest),
    foreign key (plan, digest) references releases (plan, digest)
) strict;

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
    actor_role text not null,
    detail text not null,
    audit_id text not null references audit (id),
    unique (plan, digest, seq),
    foreign key (plan, digest) references releases (plan, digest)
) strict;

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

-- How a plugin's last calls ended.
create index decisions_by_plugin on decisions (plan, digest, at, id);
