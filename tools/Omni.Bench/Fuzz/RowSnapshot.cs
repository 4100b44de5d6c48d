using Npgsql;

namespace Omni.Bench.Fuzz;

/// <summary>Every row of an organization and of its people, to see afterwards that nobody touched them.</summary>
internal sealed class RowSnapshot
{
    // What strangers may add for an organization: a new visitor of its public chat; a letter for a forgotten password, asked for by anybody.
    private static readonly HashSet<string> Doors = ["widget_visitors", "one_time_tokens"];

    // The program's own work goes on meanwhile: tries and times of pushes and letters.
    private static readonly HashSet<string> Worked = ["push_queue", "widget_letters"];

    // A member who was removed and comes with an old token is refused, and the organization reads of it.
    private const string Refusal = ",session.refused,";

    private readonly Dictionary<string, HashSet<string>> _rows = [];

    /// <summary>How many rows.</summary>
    internal int Count => _rows.Values.Sum(r => r.Count);

    /// <summary>Reads all rows.</summary>
    internal static async Task<RowSnapshot> TakeAsync(string connectionString, Guid organization, CancellationToken ct)
    {
        var snapshot = new RowSnapshot();
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(ct);
        var tables = new List<(string Table, string Column)>();
        await using (var command = new NpgsqlCommand("""
            select distinct on (c.table_name) c.table_name, c.column_name from information_schema.columns c join pg_tables t on t.tablename = c.table_name and t.schemaname = 'public'
            where c.table_schema = 'public' and c.column_name in ('organization_id', 'user_id') or (c.table_name in ('users', 'organizations') and c.column_name = 'id' and c.table_schema = 'public')
            order by c.table_name, c.column_name
            """, connection))
        await using (var reader = await command.ExecuteReaderAsync(ct))
        {
            while (await reader.ReadAsync(ct))
            {
                tables.Add((reader.GetString(0), reader.GetString(1)));
            }
        }

        foreach (var (table, column) in tables.Where(t => !Worked.Contains(t.Table)))
        {
            var which = (table, column) switch
            {
                ("organizations", _) or (_, "organization_id") => $"t.{column} = $1",
                _ => $"t.{column} in (select user_id from memberships where organization_id = $1)",
            };
            var rows = snapshot._rows[table] = [];
            await using var command = new NpgsqlCommand($"select t::text from \"{table}\" t where {which}", connection) { Parameters = { new() { Value = organization } } };
            await using var reader = await command.ExecuteReaderAsync(ct);
            while (await reader.ReadAsync(ct))
            {
                rows.Add(reader.GetString(0));
            }
        }

        return snapshot;
    }

    /// <summary>What is different now.</summary>
    internal IEnumerable<string> ChangesTo(RowSnapshot now)
    {
        foreach (var (table, rows) in _rows)
        {
            var after = now._rows.GetValueOrDefault(table) ?? [];
            foreach (var row in rows.Except(after))
            {
                yield return $"{table}: gone or changed: {row[..Math.Min(row.Length, 300)]}";
            }

            foreach (var row in Doors.Contains(table) ? [] : after.Except(rows).Where(r => table != "audit_log" || !r.Contains(Refusal, StringComparison.Ordinal)))
            {
                yield return $"{table}: new: {row[..Math.Min(row.Length, 300)]}";
            }
        }
    }
}
