-- The oldest program that can use the record, by the newest migration it brings. A migration that only adds leaves it; one
-- that takes something away, which programs before it still use, raises it to its own number.
create table schema_needs (
    only_row bigint not null primary key check (only_row = 1),
    needs bigint not null
);
insert into schema_needs (only_row, needs) values (1, 22);

-- Bytes that a node takes on trial, to find out whether there is room again.
alter table nodes add column room bytea;

-- What a retention rule looks for, and what refers to an entry of the trail that may be old enough to go.
create index notices_by_instant on notices (at, id);
create index outbox_done on outbox (due_at, id) where state = 'done';
create index events_by_audit on events (audit_id);
create index release_events_by_audit on release_events (audit_id);
create index contract_events_by_audit on contract_events (audit_id);
create index audit_plans_by_audit on audit_plans (audit_id);
