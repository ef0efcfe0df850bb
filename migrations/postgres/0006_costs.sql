-- What a plan's plugins cost in a span of days.
create index decisions_by_plan on decisions (plan, at);
