-- Run once, by an administrator, on a server of version 15 or later:
--   psql -U postgres -v password='…' -f create-database.sql
-- Omni signs in as "omni", which owns the schema and is no superuser. omni_app and omni_worker are the roles it works as:
-- omni_app sees one organization's rows, omni_worker takes work from the queues.
create role omni login password :'password';
create role omni_app nologin;
create role omni_worker nologin;
grant omni_app, omni_worker to omni;
create database omni owner omni template template0 encoding 'UTF8';
revoke connect on database omni from public;
