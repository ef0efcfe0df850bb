-- What plans told providers that they paid: a remittance is one transfer or check to one provider, under a number of the
-- plan's own. `total` is cents: what its lines pay, less what it takes back.
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

-- The ledger: what was paid for each line of a claim, and what is taken back of it because a correction, a void or a dispute
-- took its place. `amount` is signed cents. An entry never changes, but for the remittance that carries a take-back, once.
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
