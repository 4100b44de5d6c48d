using Npgsql;
using Omni.Core.Common;
using Omni.Infrastructure.Data;

namespace Omni.Infrastructure.Events;

/// <summary>
/// The place of one reader of the feed, for work that one node at a time does. The claim is kept for a while, so that an idle feed costs
/// reads only; a node that was frozen finds the claim's version changed and cannot move the place back.
/// </summary>
/// <param name="source">The database.</param>
/// <param name="name">The reader.</param>
internal sealed class FeedLease(NpgsqlDataSource source, string name)
{
    /// <summary>After so long without a sign of the reading node another takes over.</summary>
    internal static readonly TimeSpan Holds = TimeSpan.FromSeconds(10);

    private readonly Guid _node = OmniId.New();
    private long _version;
    private long _renewed;

    /// <summary>Where this reader goes on; null when it has never read.</summary>
    internal FeedCursor? Place { get; private set; }

    /// <summary>Makes sure that this node is the one that reads.</summary>
    internal async Task<bool> HoldAsync(CancellationToken ct)
    {
        if (_version > 0 && TimeProvider.System.GetElapsedTime(_renewed) < Holds / 3)
        {
            return true;
        }

        var asked = TimeProvider.System.GetTimestamp();
        await using var batch = source.CreateBatch();
        batch.BatchCommands.Add(Walls.AsWorker());
        batch.BatchCommands.Add(new NpgsqlBatchCommand("""
            insert into feed_places as p (name, place, lease_owner, lease_until, lease_version) values ($1, '', $2, now() + $3, 1)
            on conflict (name) do update set lease_owner = $2, lease_until = now() + $3,
              lease_version = p.lease_version + case when p.lease_owner = $2 then 0 else 1 end
              where p.lease_owner = $2 or p.lease_until < now()
            returning place, lease_version
            """)
        {
            Parameters = { new() { Value = name }, new() { Value = _node }, new() { Value = Holds } },
        });
        await using var reader = await batch.ExecuteReaderAsync(ct);
        await reader.NextResultAsync(ct);
        if (!await reader.ReadAsync(ct))
        {
            _version = 0;
            return false;
        }

        if (reader.GetInt64(1) != _version)
        {
            _version = reader.GetInt64(1);
            Place = FeedCursor.TryParse(reader.GetString(0), out var place) ? place : null;
        }

        _renewed = asked;
        return true;
    }

    /// <summary>Moves the place on.</summary>
    /// <returns>False when another node reads now: what this one did was done by the other as well.</returns>
    internal async Task<bool> AdvanceAsync(FeedCursor place, CancellationToken ct)
    {
        await using var batch = source.CreateBatch();
        batch.BatchCommands.Add(Walls.AsWorker());
        batch.BatchCommands.Add(new NpgsqlBatchCommand("update feed_places set place = $3, lease_until = now() + $4 where name = $1 and lease_version = $2")
        {
            Parameters = { new() { Value = name }, new() { Value = _version }, new() { Value = place.ToString() }, new() { Value = Holds } },
        });
        await batch.ExecuteNonQueryAsync(ct);
        if (batch.BatchCommands[1].RecordsAffected == 0)
        {
            _version = 0;
            return false;
        }

        Place = place;
        return true;
    }

    /// <summary>Gives the claim back, so that another node goes on at once.</summary>
    internal async Task ReleaseAsync(CancellationToken ct)
    {
        if (_version == 0)
        {
            return;
        }

        await using var batch = source.CreateBatch();
        batch.BatchCommands.Add(Walls.AsWorker());
        batch.BatchCommands.Add(new NpgsqlBatchCommand("update feed_places set lease_until = now() where name = $1 and lease_version = $2")
        {
            Parameters = { new() { Value = name }, new() { Value = _version } },
        });
        await batch.ExecuteNonQueryAsync(ct);
        _version = 0;
    }
}
