-- The county whose record this is. There is one row: of two first starts at one moment, one begins the record.
create table installation (
    id bigint not null primary key check (id = 1),
    county text not null references organizations (id),
    begun_at bigint not null
);
insert into installation (id, county, begun_at)
select 1, id, created_at from organizations where kind = 'county' order by created_at, id limit 1;

-- Which process compiles an upload, and until when nobody else does, by the database's clock. The token counts the holders:
-- one who held it before settles nothing.
create table compile_leases (
    plan text not null,
    digest text not null,
    node text not null,
    token bigint not null,
    until_at bigint not null,
    primary key (plan, digest),
    foreign key (plan, digest) references releases (plan, digest)
);
