-- Reference tables that plans upload. A version never changes and never goes: decisions name it.
create table table_versions (
    plan text not null,
    name text not null,
    version integer not null,
    -- Keys and columns as the profile declared them: rows go to a plugin that declares the same, and to no other.
    shape text not null,
    first_day text not null,
    last_day text,
    row_count integer not null,
    sha256 text not null,
    uploaded_at integer not null,
    uploaded_by text not null references organizations (id),
    primary key (plan, name, version)
) strict;

create table table_rows (
    plan text not null,
    name text not null,
    version integer not null,
    number integer not null,
    key text not null,
    cells text not null,
    primary key (plan, name, version, number),
    foreign key (plan, name, version) references table_versions (plan, name, version)
) strict;
create index table_rows_by_key on table_rows (plan, name, version, key, number);
