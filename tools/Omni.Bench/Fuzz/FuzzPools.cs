using Npgsql;

namespace Omni.Bench.Fuzz;

/// <summary>Ids, keys and words by what they name. Read from the database, so that nothing is forgotten that an organization has.</summary>
internal sealed class FuzzPools
{
    // {0} is the organization.
    private static readonly (string Pool, string Sql)[] Sources =
    [
        ("organizations", "select '{0}'"),
        ("conversations", "select id from conversations where organization_id = '{0}'"),
        ("messages", "select id from messages where organization_id = '{0}'"),
        ("contacts", "select id from contacts where organization_id = '{0}'"),
        ("merges", "select id from contact_merges where organization_id = '{0}'"),
        ("labels", "select id from labels where organization_id = '{0}'"),
        ("media", "select id from attachments where organization_id = '{0}'"),
        ("channels", "select id from channels where organization_id = '{0}'"),
        ("sandbox", "select id from channels where organization_id = '{0}' and sandbox"),
        ("ledger", "select id from sandbox_entries where organization_id = '{0}'"),
        ("invitations", "select id from invitations where organization_id = '{0}'"),
        ("members", "select user_id from memberships where organization_id = '{0}'"),
        ("phones", "select distinct contact_id from sandbox_entries where organization_id = '{0}'"),
        ("logos", "select regexp_replace(logo_url, '.*/', '') from organizations where id = '{0}' and logo_url is not null"),
        ("sessions", "select id from sessions where organization_id = '{0}' and kind <> 'personalToken' and user_id in (select user_id from memberships where organization_id = '{0}')"),
        ("tokens", "select t.id from api_tokens t join sessions s on s.id = t.session_id where s.organization_id = '{0}'"),
        ("notifications", "select id from notifications where organization_id = '{0}'"),
        ("webhook-events", "select id from inbound_queue where organization_id = '{0}'"),
        ("replays", "select distinct replay_id from inbound_queue where organization_id = '{0}' and replay_id is not null"),
        ("letters", "select t.id from one_time_tokens t join memberships m on m.user_id = t.user_id where m.organization_id = '{0}'"),
        ("visitors", "select id from widget_visitors where organization_id = '{0}'"),
        ("clientIds", "select client_id from messages where organization_id = '{0}' and client_id is not null"),
        ("aboutIds", "select external_id from messages where organization_id = '{0}' and external_id is not null"),
        ("emails", "select u.email from users u join memberships m on m.user_id = u.id where m.organization_id = '{0}'"),
        ("usernames", "select u.user_name from users u join memberships m on m.user_id = u.id where m.organization_id = '{0}'"),
        ("avatars", "select regexp_replace(u.avatar_url, '.*/', '') from users u join memberships m on m.user_id = u.id where m.organization_id = '{0}' and u.avatar_url is not null"),
        ("idempotency", "select key from idempotency_keys where organization_id = '{0}'"),
        ("endpoints", "select endpoint from push_subscriptions p join memberships m on m.user_id = p.user_id where m.organization_id = '{0}'"),
    ];

    private readonly Dictionary<string, List<string>> _values = [];

    /// <summary>Names of the pools that have something.</summary>
    internal IEnumerable<string> Names => _values.Keys;

    /// <summary>All values of all pools.</summary>
    internal IEnumerable<string> All => _values.Values.SelectMany(v => v).Distinct();

    /// <summary>The values of a pool; none when there are none.</summary>
    internal IReadOnlyList<string> Of(string pool) => _values.TryGetValue(pool, out var values) ? values : [];

    /// <summary>Adds values.</summary>
    internal void Add(string pool, params string[] values)
    {
        var kept = _values.TryGetValue(pool, out var known) ? known : _values[pool] = [];
        kept.AddRange(values.Where(v => v.Length > 0 && !kept.Contains(v)));
    }

    /// <summary>Reads what an organization has now.</summary>
    internal async Task HarvestAsync(string connectionString, Guid organization, CancellationToken ct)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(ct);
        foreach (var (pool, sql) in Sources)
        {
            await using var command = new NpgsqlCommand(string.Format(System.Globalization.CultureInfo.InvariantCulture, sql, organization), connection);
            await using var reader = await command.ExecuteReaderAsync(ct);
            _values.Remove(pool);
            while (await reader.ReadAsync(ct))
            {
                Add(pool, reader.GetValue(0).ToString() ?? "");
            }
        }
    }
}
