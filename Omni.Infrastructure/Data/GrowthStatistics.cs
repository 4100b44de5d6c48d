using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using Omni.Core.Operations;

namespace Omni.Infrastructure.Data;

/// <summary>
/// Measures tables again soon after they have grown to a multiple. PostgreSQL looks once a minute at what has changed: a table that was nearly empty
/// then and takes thousands of rows a second afterwards would be read by plans made for the empty one until it looks again.
/// </summary>
internal sealed partial class GrowthStatistics(NpgsqlDataSource source, IOptions<OmniOptions> options, TimeProvider clock, ILogger<GrowthStatistics> logger) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    // The tables that messages go through, and the columns they are found by: what is searched is left to the server, which has no hurry.
    private static readonly Dictionary<string, string> Keys = new()
    {
        ["contacts"] = "organization_id, id",
        ["contact_identities"] = "organization_id, channel_id, contact_id, external_id",
        ["conversations"] = "organization_id, id, channel_id, contact_id, status",
        ["messages"] = "organization_id, id, channel_id, conversation_id, external_id",
        ["inbound_queue"] = "organization_id, id, channel_id, state",
    };

    // Beyond 32 MB an index is the right way whatever the figures say.
    private const string GrownSql = """
        select c.relname from pg_class c where c.relnamespace = 'public'::regnamespace and c.relname = any ($1) and c.relpages < 4096
          and pg_relation_size(c.oid) / current_setting('block_size')::int > 3 * c.relpages + 4
        """;

    private bool _failing;

    /// <summary>Looks once. Each table is a transaction of its own, since the event feed waits for every open one.</summary>
    /// <returns>Names of the tables that were measured.</returns>
    internal async Task<IReadOnlyList<string>> RefreshAsync(CancellationToken ct)
    {
        await using var connection = await source.OpenConnectionAsync(ct);
        var grown = new List<string>();
        await using (var find = new NpgsqlCommand(GrownSql, connection) { Parameters = { new() { Value = Keys.Keys.ToArray() } } })
        await using (var reader = await find.ExecuteReaderAsync(ct))
        {
            while (await reader.ReadAsync(ct))
            {
                grown.Add(reader.GetString(0));
            }
        }

        foreach (var table in grown)
        {
            await using var measure = new NpgsqlCommand($"analyze {table} ({Keys[table]})", connection);
            await measure.ExecuteNonQueryAsync(ct);
        }

        return grown;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!options.Value.RunsWorkers)
        {
            return;
        }

        using var timer = new PeriodicTimer(Period, clock);
        do
        {
            try
            {
                await RefreshAsync(stoppingToken);
                _failing = false;
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                if (!_failing)
                {
                    LogFailed(logger, failure);
                    _failing = true;
                }
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Measuring tables that have grown failed; trying again")]
    private static partial void LogFailed(ILogger logger, Exception failure);
}
