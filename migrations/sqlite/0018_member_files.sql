-- What a plan's member file says in columns that are not ours: the latest file's cells by their headers, as JSON.
create table member_columns (
    member text not null references members (id),
    plan text not null,
    told_on text not null,
    roster text not null references rosters (id),
    body text not null,
    primary key (member, plan)
) strict;

-- A file of many rows is loaded in slices by this host's duties. `done` counts the slices of the state that the file is in.
-- A node holds a file until `held_until`; it is given away when that has passed.
alter table rosters add column state text not null default 'loaded'
    check (state in ('receiving', 'checking', 'loading', 'loaded', 'cancelled'));
alter table rosters add column slices integer not null default 0;
alter table rosters add column done integer not null default 0;
alter table rosters add column held_by text;
alter table rosters add column held_until integer;
alter table rosters add column members_new integer not null default 0;
alter table rosters add column members_known integer not null default 0;
alter table rosters add column coverages_new integer not null default 0;
alter table rosters add column coverages_changed integer not null default 0;
create index rosters_unfinished on rosters (plan, received_at, id) where state in ('checking', 'loading');
create index rosters_receiving on rosters (received_at) where state = 'receiving';
create index rosters_cancelled on rosters (id) where state = 'cancelled';

-- The rows of a file that waits or is being loaded, as JSON; a slice goes once it is loaded.
create table roster_slices (
    roster text not null references rosters (id),
    number integer not null,
    body text not null,
    primary key (roster, number)
) strict;
