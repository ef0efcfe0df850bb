-- Who delivers sees the clocks of a case as who sent it does.
alter table deadlines add column assigned_org text references organizations (id);
create index deadlines_by_assigned on deadlines (assigned_org, state, due_at, id);

-- One open referral for a member, a service and a plan; one whose member changes providers is open too.
drop index cases_one_open_referral;
create unique index cases_one_open_referral on cases (member, service, plan) where kind = 'referral'
    and state in ('needs-information', 'with-people', 'accepted', 'provider-accepted', 'in-service',
        'changing-provider');

-- Referrals that a provider may take, as long as it may. It sees no more of one than stands here and where the member
-- lives.
create table offers (
    case_id text not null primary key references cases (id),
    organization text not null references organizations (id),
    offered_at integer not null,
    due_at integer not null
) strict;
create index offers_by_organization on offers (organization, offered_at, case_id);

-- What is still open of a member with a plan, whatever ended since.
create index cases_open on cases (member, plan, received_at, id)
    where state not in ('redirected', 'not-eligible', 'closed', 'joined', 'approved', 'partly-approved', 'modified',
        'denied', 'withdrawn', 'paid', 'replaced', 'voided', 'void', 'moved');

-- Who may be offered a referral: contracts by what they are for.
create index contract_days_by_plan on contract_days (plan, service, county, first_day);
