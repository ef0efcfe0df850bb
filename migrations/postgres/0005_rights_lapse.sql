-- A right that was not used in time has lapsed; nobody missed it.
alter table deadlines drop constraint deadlines_state_check;
alter table deadlines add constraint deadlines_state_check
    check (state in ('open', 'met', 'missed', 'cancelled', 'lapsed'));
