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
        ["webhook_deliveries"] = "a body may hold several organizations' items; only the worker role reads it",
        ["schema_migrations"] = "EF Core's own",
    };

    /// <summary>Global tables that pages and the API must not touch: only the worker role may.</summary>
    internal static readonly string[] WorkerTables = ["webhook_deliveries", "data_keys", "feed_places"];

    /// <summary>SQL that puts every table with <c>organization_id</c> behind its policies and grants the roles what they need. Can be run again: it is run after every migration.</summary>
    internal static string BuildSql { get; } = $"""
        do $walls$
        declare t record;
        begin
          for t in select c.relname as name,
                 exists (select 1 from pg_attribute a where a.attrelid = c.oid and a.attname = 'organization_id' and not a.attisdropped) as owned
               from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and c.relname not like 'qrtz%'
          loop
            execute format('grant select, insert, update, delete on %I to {WorkerRole}', t.name);
            if t.name = any ({SqlArray(WorkerTables)}) then
              execute format('revoke all on %I from {AppRole}', t.name);
            else
              execute format('grant select, insert, update, delete on %I to {AppRole}', t.name);
            end if;
            if t.owned and not t.name = any ({SqlArray(GlobalTables.Keys)}) then
              execute format('alter table %I enable row level security', t.name);
              execute format('drop policy if exists organization on %I', t.name);
              execute format('create policy organization on %I to {AppRole} using (organization_id = nullif(current_setting(''omni.organization'', true), '''')::uuid)', t.name);
              execute format('drop policy if exists worker on %I', t.name);
              execute format('create policy worker on %I to {WorkerRole} using (true)', t.name);
            end if;
          end loop;
          grant usage, select on all sequences in schema public to {AppRole}, {WorkerRole};
          revoke update, delete on audit_log from {AppRole};
        end $walls$;
        """;

    /// <summary>A node that is frozen in the middle of a transaction must not hold its locks and the event feed for ever; what it does later fails and is tried again.</summary>
    internal const string NotForEver = "set_config('idle_in_transaction_session_timeout', '10s', true)";

    /// <summary>First command of a batch that works for one organization; holds until the end of the transaction, which for a batch without one is its end.</summary>
    internal static NpgsqlBatchCommand As(Guid organizationId) => new($"select set_config('role', '{AppRole}', true), set_config('omni.organization', $1, true), {NotForEver}")
    {
        Parameters = { new() { Value = organizationId.ToString() } },
    };

    /// <summary>
    /// For batches of prepared statements that read: a plan that was kept from the time when a table was nearly empty would read all of an
    /// organization's rows later, so that only reading and checking the statement is saved, not planning it.
    /// </summary>
    internal const string PlannedAnew = "set_config('plan_cache_mode', 'force_custom_plan', true)";

    /// <summary>First command of a batch that works over all organizations.</summary>
    internal static NpgsqlBatchCommand AsWorker() => new($"select set_config('role', '{WorkerRole}', true), {NotForEver}");

    private static string SqlArray(IEnumerable<string> names) => $"array[{string.Join(", ", names.Select(n => $"'{n}'"))}]::text[]";
}
