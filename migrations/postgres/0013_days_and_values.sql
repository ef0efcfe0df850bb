-- Each contact value and each fact of a member file has the day as of which it was true. The newer day stands, not the
-- later upload.
alter table members add column told_on text;
alter table members add column phone_as_of text;
alter table members add column address_as_of text;
alter table coverages add column told_on text;

-- Who said what of a member, and when: each value that a plan's files or a provider gave, with the first and the last day
-- of which it was said. 'received_at' and 'roster' are of the last time.
create table member_values (
    member text not null references members (id),
    name text not null,
    source_kind text not null check (source_kind in ('plan-file', 'provider')),
    source text not null,
    value text not null,
    first_said text not null,
    last_said text not null,
    received_at bigint not null,
    roster text references rosters (id),
    primary key (member, name, source_kind, source, value)
);

-- Members whose coverage a file changed and who have cases: on that day they are looked at again.
create table member_moves (
    member text not null references members (id),
    due_on text not null,
    noted_at bigint not null,
    primary key (member, due_on)
);
create index member_moves_due on member_moves (due_on, member);
