using Npgsql;

namespace Omni.Infrastructure.Data;

/// <summary>The walls between organizations in the database: two roles and their policies (docs/decisions/0003-tenant-walls.md).</summary>
internal static class Walls
{
    /// <summary>Sees the rows of the organization in the setting <c>omni.organization</c> only.</summary>
    internal const string AppRole = "omni_app";

    /// <summary>Sees the rows of all organizations: claims work, prunes, feeds events. Applies nothing.</summary>
    internal const string WorkerRole = "omni_worker";

    /// <summary>Tables that belong to no organization, or are read before one is known. Each was looked at: a new table must either carry <c>organization_id</c> or be added here with a reason.</summary>
    internal static readonly IReadOnlyDictionary<string, string> GlobalTables = new Dictionary<string, string>
    {
        ["organizations"] = "the organizations themselves; read by id through the session",
        ["users"] = "people belong to several organizations",
        ["user_claims"] = "belongs to users",
        ["user_logins"] = "belongs to users",
        ["user_tokens"] = "belongs to users",
        ["memberships"] = "read by user before the organization is known",
        ["sessions"] = "belongs to users; read before the organization is known",
        ["refresh_tokens"] = "belongs to sessions",
        ["api_tokens"] = "belongs to sessions",
        ["one_time_tokens"] = "belongs to users",
        ["second_factors"] = "belongs to users",
        ["recovery_codes"] = "belongs to users",
        ["push_subscriptions"] = "belongs to users",
        ["feed_places"] = "how far readers of all organizations' events have come; only the worker role reads it",
        ["attempts"] = "counts of hashed keys, before anybody is known",
        ["data_keys"] = "keys of the installation itself, wrapped by the master key; only the worker role reads it",
        ["call_budgets"] = "calls of a platform that an app of the installation has left; only the worker role reads it",
        ["webhook_deliveries"] = "a body may hold several organizations' items; only the worker role reads it",
        ["schema_migrations"] = "EF Core's own",
    };

    /// <summary>Global tables that pages and the API must not touch: only the worker role may.</summary>
    internal static readonly string[] WorkerTables = ["webhook_deliveries", "data_keys", "feed_places", "call_budgets"];

    /// <summary>What pages and the API write is never changed there.</summary>
    private const string AppendOnly = "audit_log";

    /// <summary>SQL that puts every table with <c>organization_id</c> behind its policies and grants the roles what they need. It is run at every start, beside nodes that work: only what is missing or different is touched, because each change locks its table.</summary>
    internal static string BuildSql { get; } = $"""
        do $walls$
        declare t record;
        begin
          perform pg_advisory_xact_lock(hashtextextended('omni walls', 0));
          for t in select c.relname as name, c.relrowsecurity as walled,
                 exists (select 1 from pg_attribute a where a.attrelid = c.oid and a.attname = 'organization_id' and not a.attisdropped) as owned,
                 (select count(*) from unnest(array['select', 'insert', 'update', 'delete']) p where has_table_privilege('{WorkerRole}', c.oid, p)) as worker,
                 (select count(*) from unnest(array['select', 'insert', 'update', 'delete']) p where has_table_privilege('{AppRole}', c.oid, p)) as app
               from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and c.relname not like 'qrtz%'
          loop
            if t.worker < 4 then
              execute format('grant select, insert, update, delete on %I to {WorkerRole}', t.name);
            end if;
            if t.name = any ({SqlArray(WorkerTables)}) then
              if t.app > 0 then
                execute format('revoke all on %I from {AppRole}', t.name);
              end if;
            elsif t.app < 4 and not (t.name = '{AppendOnly}' and t.app = 2) then
              execute format('grant select, insert, update, delete on %I to {AppRole}', t.name);
            end if;
            if t.owned and not t.name = any ({SqlArray(GlobalTables.Keys)}) then
              if not t.walled then
                execute format('alter table %I enable row level security', t.name);
              end if;
              if not exists (select 1 from pg_policies p where p.schemaname = 'public' and p.tablename = t.name and p.policyname = 'organization' and p.roles = array['{AppRole}'::name] and p.cmd = 'ALL'
                  and p.qual = '(organization_id = (NULLIF(current_setting(''omni.organization''::text, true), ''''::text))::uuid)') then
                execute format('drop policy if exists organization on %I', t.name);
                execute format('create policy organization on %I to {AppRole} using (organization_id = nullif(current_setting(''omni.organization'', true), '''')::uuid)', t.name);
              end if;
              if not exists (select 1 from pg_policies p where p.schemaname = 'public' and p.tablename = t.name and p.policyname = 'worker' and p.roles = array['{WorkerRole}'::name] and p.cmd = 'ALL' and p.qual = 'true') then
                execute format('drop policy if exists worker on %I', t.name);
                execute format('create policy worker on %I to {WorkerRole} using (true)', t.name);
              end if;
            end if;
          end loop;
          grant usage, select on all sequences in schema public to {AppRole}, {WorkerRole};
          if has_table_privilege('{AppRole}', '{AppendOnly}', 'update') or has_table_privilege('{AppRole}', '{AppendOnly}', 'delete') then
            revoke update, delete on {AppendOnly} from {AppRole};
          end if;
        end $walls$;
        """;

    /// <summary>
    /// A node that is frozen in the middle of a transaction must not hold its locks and the event feed for ever; what it does later fails and
    /// is tried again. PostgreSQL 17's <c>transaction_timeout</c> would say it better, but set within a batch it stays armed after the
    /// batch's own transaction and ends the pooled connection a minute later, in the middle of something else.
    /// </summary>
    internal const string NotForEver = "set_config('idle_in_transaction_session_timeout', '10s', true)";

    /// <summary>First command of a batch that works for one organization; holds until the end of the transaction, which for a batch without one is its end.</summary>
    internal static NpgsqlBatchCommand As(Guid organizationId) => new($"select set_config('role', '{AppRole}', true), set_config('omni.organization', $1, true), {NotForEver}")
    {
        Parameters = { new() { Value = organizationId.ToString() } },
    };

    /// <summary>
    /// For transactions whose prepared statements look rows up by whole keys, one by one: plans of nested look-ups are made once and kept,
    /// also those of the foreign keys' checks, until <see cref="GrowthStatistics"/> or the server itself measures a table that has grown
    /// (docs/decisions/0011-kept-plans.md).
    /// </summary>
    internal static NpgsqlBatchCommand PlannedByKey() => new(
        "select set_config('plan_cache_mode', 'force_generic_plan', true), set_config('enable_seqscan', 'off', true), set_config('enable_bitmapscan', 'off', true), "
        + "set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true)");

    /// <summary>First command of a batch that works over all organizations.</summary>
    internal static NpgsqlBatchCommand AsWorker() => new($"select set_config('role', '{WorkerRole}', true), {NotForEver}");

    private static string SqlArray(IEnumerable<string> names) => $"array[{string.Join(", ", names.Select(n => $"'{n}'"))}]::text[]";
}
