-- A step of a case that several plans read belongs to the plan whose part it is.
alter table events add column plan text;
update events set plan = detail::json ->> 'plan'
    where case_id in (select id from cases where kind = 'application') and detail::json ->> 'plan' is not null;
update case_plans set state = case when state in ('approved', 'declined', 'ended') then 'settled' else 'open' end;
