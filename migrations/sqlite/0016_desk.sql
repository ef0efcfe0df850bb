-- Sight of a member has a reason and an end: first contact ends by itself, a case's sight ends some days after the case.
-- `subject` is the case, or '' for first contact; `until` is the last day, null while the case is open.
create table grants_with_end (
    member text not null references members (id),
    organization text not null references organizations (id),
    reason text not null check (reason in ('contact', 'case')),
    subject text not null,
    since integer not null,
    until text,
    primary key (member, organization, reason, subject)
) strict;
insert into grants_with_end (member, organization, reason, subject, since, until)
    select member, organization, 'contact', '', since, null from grants;
drop table grants;
alter table grants_with_end rename to grants;
create index grants_by_organization on grants (organization, member);
create index grants_by_subject on grants (subject) where reason = 'case';

-- Why somebody looked, where a purpose must be said.
alter table audit add column purpose text;
create index audit_by_actor on audit (actor_org, at, id);
create index audit_by_plan on audit (plan, at, id);

-- The plans that an entry concerns besides the one in whose name it was made.
create table audit_plans (
    plan text not null,
    at integer not null,
    audit_id text not null references audit (id),
    primary key (plan, at, audit_id)
) strict;

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

-- The cases that a document was sent with.
create table document_uses (
    document text not null references documents (id),
    case_id text not null references cases (id),
    at integer not null,
    primary key (document, case_id)
) strict;
create index document_uses_by_case on document_uses (case_id);

-- Requests that a plan's rules sent back to their sender with the fields that are wrong. No case came of them.
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
