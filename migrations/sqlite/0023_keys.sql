-- Until when a key works, null for no end; when it was used last, to the hour; and which key it takes the place of.
alter table api_keys add column expires_at integer;
alter table api_keys add column last_used_at integer;
alter table api_keys add column replaces text references api_keys (id);
