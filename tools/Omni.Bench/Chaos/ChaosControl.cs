using Omni.Bench.Rig;

namespace Omni.Bench.Chaos;

/// <summary>What is switched off to see that the ledger notices (docs/decisions/0010-chaos-controls.md).</summary>
internal enum ChaosControl
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>A message that came before is not recognised.</summary>
    Dedup,

    /// <summary>A claim on a message does not remember that its sending has begun.</summary>
    Lease,

    /// <summary>Neither the program's filter nor the database's policies keep organizations apart.</summary>
    Tenant,
}

/// <summary>Switches protections off, from outside the program.</summary>
internal static class ChaosControls
{
    /// <summary>The control that the command line names.</summary>
    /// <exception cref="ArgumentException">There is none of that name.</exception>
    internal static ChaosControl Parse(string name) => name switch
    {
        "" => ChaosControl.None,
        "dedup" => ChaosControl.Dedup,
        "lease" => ChaosControl.Lease,
        "tenant" => ChaosControl.Tenant,
        _ => throw new ArgumentException("--control takes dedup, lease or tenant."),
    };

    /// <summary>What the programs must find in their environment.</summary>
    internal static IReadOnlyDictionary<string, string> Environment(ChaosControl control) => control == ChaosControl.Tenant
        ? new Dictionary<string, string> { ["DOTNET_STARTUP_HOOKS"] = typeof(ChaosControls).Assembly.Location }
        : new Dictionary<string, string>();

    /// <summary>Changes the database, as its owner.</summary>
    internal static Task ApplyAsync(ChaosControl control, string owner, CancellationToken ct) => control switch
    {
        ChaosControl.Dedup => BenchDatabase.ExecuteAsync(
            owner,
            """
            create function chaos_forget_id() returns trigger language plpgsql as $f$
            begin
              new.external_id := new.external_id || '~' || gen_random_uuid();
              return new;
            end $f$;
            create trigger chaos_forget_id before insert on messages for each row when (new.direction = 'in') execute function chaos_forget_id();
            drop index ux_messages_external;
            """,
            ct),
        ChaosControl.Lease => BenchDatabase.ExecuteAsync(
            owner,
            """
            create function chaos_forget_attempt() returns trigger language plpgsql as $f$
            begin
              new.attempting := false;
              return new;
            end $f$;
            create trigger chaos_forget_attempt before update on outbox for each row execute function chaos_forget_attempt();
            """,
            ct),
        ChaosControl.Tenant => BenchDatabase.ExecuteAsync(
            owner,
            """
            do $off$
            declare t record;
            begin
              for t in select relname from pg_class where relnamespace = 'public'::regnamespace and relrowsecurity loop
                execute format('alter table %I disable row level security', t.relname);
              end loop;
            end $off$;
            """,
            ct),
        _ => Task.CompletedTask,
    };
}
