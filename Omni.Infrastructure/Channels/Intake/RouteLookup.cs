using System.Collections.Concurrent;
using Npgsql;
using Omni.Core.Channels;
using Omni.Core.Common;
using Omni.Infrastructure.Data;

namespace Omni.Infrastructure.Channels.Intake;

/// <summary>Routes with a short memory, so that a burst of deliveries asks the database once. The worker looks again before it applies anything.</summary>
internal sealed class RouteLookup(NpgsqlDataSource source, TimeProvider clock) : IRouteLookup
{
    private static readonly TimeSpan Lasts = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan AbsenceLasts = TimeSpan.FromSeconds(1);
    private const int MostKnown = 50_000;

    private readonly ConcurrentDictionary<(ChannelKind, string, string), (ChannelRoute? Route, long At)> _known = new();

    public async ValueTask<ChannelRoute?> FindAsync(ChannelKind kind, string accountId, string app, CancellationToken ct)
    {
        // Measured by the clock that only goes forward: one that is set back must not keep an old route.
        var now = clock.GetTimestamp();
        var key = (kind, accountId, app);
        if (_known.TryGetValue(key, out var known) && clock.GetElapsedTime(known.At, now) < (known.Route is null ? AbsenceLasts : Lasts))
        {
            return known.Route;
        }

        if (_known.Count > MostKnown)
        {
            _known.Clear();
        }

        ChannelRoute? route;
        try
        {
            route = await ReadAsync(kind, accountId, app, ct);
        }
        catch (NpgsqlException away)
        {
            throw new InboundStoreUnavailableException("The routes cannot be read.", away);
        }

        _known[key] = (route, now);
        return route;
    }

    private async Task<ChannelRoute?> ReadAsync(ChannelKind kind, string accountId, string app, CancellationToken ct)
    {
        await using var batch = source.CreateBatch();
        batch.BatchCommands.Add(Walls.AsWorker());
        batch.BatchCommands.Add(new NpgsqlBatchCommand(
            "select organization_id, channel_id from channel_routes where kind = $1 and external_account_id = $2 and app = $3")
        {
            Parameters = { new() { Value = Names.Of(kind) }, new() { Value = accountId }, new() { Value = app } },
        });
        await using var reader = await batch.ExecuteReaderAsync(ct);
        await reader.NextResultAsync(ct);
        return await reader.ReadAsync(ct)
            ? new ChannelRoute(kind, accountId, app) { OrganizationId = reader.GetGuid(0), ChannelId = reader.GetGuid(1) }
            : null;
    }
}
