using System.Text.Json.Nodes;
using Npgsql;
using NpgsqlTypes;
using Omni.Core.Channels;
using Omni.Core.Common;
using Omni.Infrastructure.Data;

namespace Omni.Infrastructure.Channels.Polling;

/// <summary>A channel that this node may look at now.</summary>
internal sealed record PollClaim(Guid OrganizationId, Guid ChannelId, ChannelKind Kind, string AccountId, long LeaseVersion, PollTurn Turn, int Failures, string RecheckedTo, bool RecheckDue)
{
    /// <summary>Whether somebody has one of its conversations open.</summary>
    internal required bool IsOpen { get; init; }
}

/// <summary>What a look leaves behind.</summary>
/// <param name="After">Time until the next one.</param>
internal sealed record PollDone(TimeSpan After)
{
    /// <summary>The new state; null when the look did not work.</summary>
    internal string? State { get; init; }

    /// <summary>Why it did not; null when it did, or when that says nothing about the platform.</summary>
    internal string? Error { get; init; }

    /// <summary>The stored message looked at again last; null when none was.</summary>
    internal string? RecheckedTo { get; init; }

    /// <summary>Time until stored messages are looked at again.</summary>
    internal TimeSpan RecheckAfter { get; init; }
}

/// <summary>Who looks at what when, in SQL. One look at a time per channel over all nodes; every write names the lease's version.</summary>
internal sealed class PollStore(NpgsqlDataSource source)
{
    /// <summary>How long a claim holds: longer than a look with all its calls. A node that dies lets the next one come then.</summary>
    internal static readonly TimeSpan Lease = TimeSpan.FromMinutes(5);

    /// <summary>Claims channels that are due, the longest waiting first. Newly connected ones get their row here.</summary>
    internal async Task<List<PollClaim>> ClaimAsync(IReadOnlyList<ChannelKind> kinds, int most, CancellationToken ct)
    {
        await using var batch = source.CreateBatch();
        batch.BatchCommands.Add(Walls.AsWorker());
        var names = kinds.Select(Names.Of).ToArray();
        batch.BatchCommands.Add(new NpgsqlBatchCommand("""
            insert into channel_polls (organization_id, channel_id, state, next_at, lease_version, failures, echoes_wanted, rechecked_to, recheck_at)
            select c.organization_id, c.id, '{}', now(), 0, 0, false, '', now() from channels c
            where c.kind = any ($1) and c.deleted_at is null and not exists (select 1 from channel_polls p where p.organization_id = c.organization_id and p.channel_id = c.id)
            on conflict do nothing
            """) { Parameters = { new() { Value = names } } });
        batch.BatchCommands.Add(new NpgsqlBatchCommand("""
            with due as (
              select p.organization_id, p.channel_id from channel_polls p join channels c on c.organization_id = p.organization_id and c.id = p.channel_id
              where case when p.lease_until is null then p.next_at <= now() else p.lease_until < now() end and c.kind = any ($1) and c.deleted_at is null and c.status <> $4
              order by p.next_at limit $2 for update of p skip locked)
            update channel_polls p set lease_until = now() + $3, lease_version = p.lease_version + 1, next_at = 'infinity'
            from due d, channels c
            where p.organization_id = d.organization_id and p.channel_id = d.channel_id and c.organization_id = p.organization_id and c.id = p.channel_id
            returning p.organization_id, p.channel_id, c.kind, c.external_account_id, p.lease_version, p.state::text, c.settings::text, c.created_at, p.echoes_wanted, p.failures, p.rechecked_to, p.recheck_at <= now(),
              exists (select 1 from read_pointers r join conversations v on v.organization_id = r.organization_id and v.id = r.conversation_id
                where r.organization_id = c.organization_id and v.channel_id = c.id and r.viewing_until > now())
            """)
        {
            Parameters = { new() { Value = names }, new() { Value = (long)most }, new() { Value = Lease }, new() { Value = Names.Of(ChannelStatus.NeedsReauth) } },
        });
        var claims = new List<PollClaim>();
        await using var reader = await batch.ExecuteReaderAsync(ct);
        await reader.NextResultAsync(ct); // the insert has no rows of its own
        while (await reader.ReadAsync(ct))
        {
            var turn = new PollTurn(reader.GetString(5), JsonNode.Parse(reader.GetString(6)) as JsonObject ?? [], reader.GetFieldValue<DateTimeOffset>(7)) { EchoesWanted = reader.GetBoolean(8) };
            claims.Add(new PollClaim(
                reader.GetGuid(0), reader.GetGuid(1), Names.Parse<ChannelKind>(reader.GetString(2)), reader.GetString(3), reader.GetInt64(4), turn, reader.GetInt32(9), reader.GetString(10), reader.GetBoolean(11))
            {
                IsOpen = reader.GetBoolean(12),
            });
        }

        return claims;
    }

    /// <summary>Stored messages to look at again: the next ones by id, of the last month.</summary>
    internal async Task<List<string>> RecheckAsync(PollClaim claim, string prefix, CancellationToken ct)
    {
        await using var batch = source.CreateBatch();
        batch.BatchCommands.Add(Walls.As(claim.OrganizationId));
        batch.BatchCommands.Add(new NpgsqlBatchCommand("""
            select m.external_id from messages m where m.organization_id = $1 and m.channel_id = $2 and m.external_id > $3 and m.external_id < $4
              and m.deleted_at is null and m.created_at > now() - interval '30 days' order by m.external_id limit $5
            """)
        {
            Parameters =
            {
                new() { Value = claim.OrganizationId }, new() { Value = claim.ChannelId }, new() { Value = claim.RecheckedTo.Length > 0 ? claim.RecheckedTo : prefix },
                new() { Value = prefix + '~' }, new() { Value = (long)PollTurn.MostRechecked },
            },
        });
        var ids = new List<string>();
        await using var reader = await batch.ExecuteReaderAsync(ct);
        await reader.NextResultAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            ids.Add(reader.GetString(0));
        }

        return ids;
    }

    /// <summary>Writes what a look left behind and gives the channel free. A wish to hurry that came meanwhile stays: it is what made the next time finite.</summary>
    /// <returns>False when the lease was lost: whoever has it now decides.</returns>
    internal async Task<bool> CompleteAsync(PollClaim claim, PollDone done, CancellationToken ct)
    {
        await using var batch = source.CreateBatch();
        batch.BatchCommands.Add(Walls.As(claim.OrganizationId));
        batch.BatchCommands.Add(new NpgsqlBatchCommand("""
            update channel_polls set lease_until = null, state = coalesce($4::jsonb, state), looked_at = case when $4 is not null then now() else looked_at end,
              failures = case when $4 is not null then 0 when $5 is not null then failures + 1 else failures end, error = case when $4 is not null then null else coalesce($5, error) end,
              echoes_wanted = echoes_wanted and ($4 is null or next_at < 'infinity'), next_at = least(next_at, now() + $6),
              rechecked_to = coalesce($7, rechecked_to), recheck_at = case when $7 is not null then now() + $8 else recheck_at end
            where organization_id = $1 and channel_id = $2 and lease_version = $3
            """)
        {
            Parameters =
            {
                new() { Value = claim.OrganizationId }, new() { Value = claim.ChannelId }, new() { Value = claim.LeaseVersion }, Text(done.State), Text(done.Error),
                new() { Value = done.After }, Text(done.RecheckedTo), new() { Value = done.RecheckAfter },
            },
        });
        return await batch.ExecuteNonQueryAsync(ct) > 0;
    }

    private static NpgsqlParameter Text(string? value) => new() { Value = (object?)value ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text };
}
