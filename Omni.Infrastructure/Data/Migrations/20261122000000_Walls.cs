using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Omni.Infrastructure.Data.Migrations;

/// <summary>What the model cannot say: roles, search, and settings of busy tables. Policies and grants follow in <see cref="Walls.BuildSql"/>.</summary>
[DbContext(typeof(OmniDbContext))]
[Migration("20261122000000_Walls")]
internal sealed class WallsMigration : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.Sql($"""
            do $roles$
            declare r text;
            begin
              foreach r in array array['{Walls.AppRole}', '{Walls.WorkerRole}'] loop
                if not exists (select 1 from pg_roles where rolname = r) then
                  execute format('create role %I nologin', r);
                end if;
                if not pg_has_role(current_user, r, 'member') then
                  execute format('grant %I to current_user', r);
                end if;
              end loop;
            exception when insufficient_privilege then
              raise exception 'The role % may not create the roles omni_app and omni_worker. docs/deployment.md has the statements that an administrator runs once.', current_user;
            end $roles$;
            """);

        migrationBuilder.Sql($"""
            create extension if not exists btree_gin;
            create extension if not exists unaccent;
            create extension if not exists pg_trgm;

            create function omni_plain(t text) returns text language sql immutable parallel safe strict
              as $$ select lower(public.unaccent('public.unaccent'::regdictionary, t)) $$;
            create function omni_words(t text) returns tsvector language sql immutable parallel safe
              as $$ select to_tsvector('pg_catalog.simple'::regconfig, public.omni_plain(coalesce(t, ''))) $$;

            create function omni_week(organization_id uuid, week bigint) returns text language sql immutable parallel safe strict
              as $$ select organization_id::text || '/' || week::text $$;

            -- The words are in the index alone: kept in the row too they would double what a message writes. The week is in it for
            -- words that many messages have: of these only the newest are looked at.
            create index ix_messages_search on messages using gin (organization_id, omni_week(organization_id, position / 604800000), omni_words(text))
              with (gin_pending_list_limit = 4096);
            alter table contacts add column plain text generated always as (omni_plain(name)) stored;
            create index ix_contacts_plain on contacts using gin (organization_id, plain gin_trgm_ops);

            -- Text operators are not leakproof and would lose their index behind the policies: these run as the
            -- owner of the tables and take the organization from the setting themselves.
            create function omni_search_messages(words text, before_position bigint, before_id uuid, most int)
              returns table (id uuid, conversation_id uuid, "position" bigint) language plpgsql stable security definer
              set search_path = pg_catalog, public as $f$
            declare
              organization uuid := current_setting('omni.organization')::uuid;
              query tsquery := websearch_to_tsquery('simple', public.omni_plain(words));
              length constant bigint := 604800000; -- a week in ms
              newest bigint := least(before_position, (extract(epoch from now()) * 1000)::bigint + length) / length;
              found int;
            begin
              -- Eight weeks one after the other, newest first, until there is enough. The words are a value here, and the plan is made
              -- for it: a planner that does not see them would walk through everybody's messages instead.
              return query execute
                'select m.id, m.conversation_id, m.position from generate_series($6, $6 - 7, -1) w
                 cross join lateral (
                   select m.id, m.conversation_id, m.position from messages m
                   where m.organization_id = $1 and public.omni_week(m.organization_id, m.position / 604800000) = public.omni_week($1, w)
                     and public.omni_words(m.text) @@ $2 and (m.position, m.id) < ($3, $4) and m.deleted_at is null
                   order by m.position desc, m.id desc limit $5) m
                 limit $5'
                using organization, query, before_position, before_id, most, newest;
              get diagnostics found = row_count;
              if found < most then
                -- What so few have written lately is not much in all.
                return query execute
                  'select m.id, m.conversation_id, m.position from messages m
                   where m.organization_id = $1 and public.omni_words(m.text) @@ $2 and (m.position, m.id) < ($3, $4) and m.position < $6 and m.deleted_at is null
                   order by m.position desc, m.id desc limit $5'
                  using organization, query, before_position, before_id, most - found, (newest - 7) * length;
              end if;
            end $f$;
            create function omni_search_contacts(part text, most int)
              returns table (id uuid) language plpgsql stable security definer
              set search_path = pg_catalog, public as $f$
            begin
              return query execute
                'select c.id from contacts c where c.organization_id = $1 and c.plain like $2 and c.merged_into_id is null limit $3'
                using current_setting('omni.organization')::uuid,
                  '%' || replace(replace(replace(public.omni_plain(part), '\', '\\'), '%', '\%'), '_', '\_') || '%', most;
            end $f$;
            revoke all on function omni_search_messages, omni_search_contacts from public;
            grant execute on function omni_search_messages, omni_search_contacts to {Walls.AppRole};

            alter table inbound_queue set (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 1000, fillfactor = 80);
            alter table outbox set (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 1000, fillfactor = 80);
            alter table conversations set (fillfactor = 85);
            alter table webhook_deliveries alter column body set storage external;
            """);
    }

    protected override void Down(MigrationBuilder migrationBuilder) =>
        throw new NotSupportedException("Going back is a restore from a backup (docs/deployment.md).");
}
