-- What a plan's code cost: ticks of the engine's clock, 10 ms each, that fell into the call.
alter table decisions add column cpu_ticks bigint not null default 0;
