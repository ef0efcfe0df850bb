-- Sight of a member has a reason and an end: first contact ends by itself, a case's sight ends some days after the case.
-- `subject` is the case, or '' for first contact; `until` is the last day, null while the case is open.
alter table grants
    add column reason text not null default 'contact' check (reason in ('contact', 'case')),
    add column subject text not null default '',
    add column until text;
alter table grants alter column reason drop default, alter column subject drop default;
alter table grants drop constraint grants_pkey;
alter table grants add primary key (member, organization, reason, subject);
create index grants_by_subject on grants (subject) where reason = 'case';

-- Why somebody looked, where a purpose must be said.
alter table audit add column purpose text;
create index audit_by_actor on audit (actor_org, at, id);
create index audit_by_plan on audit (plan, at, id);

-- The plans that an entry concerns besides the one in whose name it was made.
create table audit_plans (
    plan text not null,
    at bigint not null,
    audit_id text not null references audit (id),
    primary key (plan, at, audit_id)
);

-- Documents. Their bytes lie beside the record, under their SHA-256.
create table documents (
    id text not null primary key,
    sha256 text not null,
    size_bytes bigint not null,
    media_type text not null,
    kind text not null,
    title text,
    member text references members (id),
    organization text not null references organizations (id),
    key_id text references api_keys (id),
    uploaded_at bigint not null
);
create index documents_by_organization on documents (organization, uploaded_at, id);
create index documents_by_content on documents (sha256);
create index documents_by_instant on documents (uploaded_at, id);

-- The cases that a document was sent with.
create table document_uses (
    document text not null references documents (id),
    case_id text not null references cases (id),
    at bigint not null,
    primary key (document, case_id)
);
create index document_uses_by_case on document_uses (case_id);

-- Requests that a plan's rules sent back to their sender with the fields that are wrong. No case came of them.
create table refused_inputs (
    id text not null primary key,
    plan text not null,
    digest text not null,
    operation text not null,
    provider_org text not null references organizations (id),
    fields text not null,
    duration_us bigint not null,
    memory_bytes bigint not null,
    cpu_ticks bigint not null,
    at bigint not null
);
create index refused_inputs_by_plan on refused_inputs (plan, at, id);
