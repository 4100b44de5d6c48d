using Microsoft.EntityFrameworkCore;
using Npgsql;
using Omni.Core.Channels;
using Omni.Core.Common;
using Omni.Infrastructure.Data;

namespace Omni.Infrastructure.Channels;

/// <inheritdoc cref="IChannelRoutes"/>
internal sealed class ChannelRoutes(NpgsqlDataSource database, TimeProvider clock) : IChannelRoutes
{
    /// <summary>Rows changed in one transaction at most.</summary>
    private const int Chunk = 500;

    private static readonly string ReleaseSql = $"""
        with mine as (
          select q.id, r.organization_id, r.channel_id
          from channel_routes r
          join inbound_queue q on q.kind = r.kind and q.account_id = r.external_account_id and q.state = 'unrouted'
          join webhook_deliveries d on d.id = q.delivery_id
          where r.organization_id = $1 and r.channel_id = $2
            and {Fits("d.verified_channel_id")}
          order by q.id limit $3 for update of q skip locked)
        update inbound_queue q set state = 'pending', organization_id = mine.organization_id, channel_id = mine.channel_id, attempts = 0, next_at = $4, error = null
        from mine where q.id = mine.id
        """;

    /// <summary>SQL condition that a delivery was verified in a way that fits route <c>r</c>: by the installation's app, or by a channel of the same organization that holds the same app secret.</summary>
    /// <param name="verifiedBy">Column with the channel whose own secret signed the delivery.</param>
    internal static string Fits(string verifiedBy) =>
        $"(case when r.app = '' then {verifiedBy} is null else exists (select 1 from channels v where v.organization_id = r.organization_id and v.id = {verifiedBy} and v.app_secret_hash = r.app) end)";

    public async Task<bool> WriteAsync(IOmniDb db, Channel channel, IReadOnlyList<string> otherAccountIds, CancellationToken ct)
    {
        await db.SaveChangesAsync(ct);
        var sql = ((OmniDbContext)db).Database;
        var (kind, app, account) = (Names.Of(channel.Kind), channel.AppSecretHash ?? "", channel.ExternalAccountId);
        string[] accounts = [account, .. otherAccountIds.Where(id => id.Length > 0 && id != account).Distinct(StringComparer.Ordinal)];
        await sql.ExecuteSqlAsync(
            $"""
            delete from channel_routes where organization_id = {channel.OrganizationId} and channel_id = {channel.Id}
              and not (kind = {kind} and app = {app} and external_account_id = any({accounts}))
            """, ct);
        await sql.ExecuteSqlAsync(
            $"""
            insert into channel_routes (kind, external_account_id, app, organization_id, channel_id)
            select {kind}, id, {app}, {channel.OrganizationId}, {channel.Id} from unnest({accounts}) as id
            on conflict do nothing
            """, ct);
        return await db.Set<ChannelRoute>().AnyAsync(
            r => r.Kind == channel.Kind && r.ExternalAccountId == account && r.App == app && r.OrganizationId == channel.OrganizationId && r.ChannelId == channel.Id, ct);
    }

    public Task RemoveAsync(IOmniDb db, Channel channel, CancellationToken ct) => db.Set<ChannelRoute>()
        .Where(r => r.OrganizationId == channel.OrganizationId && r.ChannelId == channel.Id).ExecuteDeleteAsync(ct);

    public async Task<int> ReleaseUnroutedAsync(Guid organizationId, Guid channelId, CancellationToken ct)
    {
        var (released, last) = (0, Chunk);
        while (last == Chunk)
        {
            // Items that belong to nobody yet are seen by the worker's role only.
            await using var batch = database.CreateBatch();
            batch.BatchCommands.Add(Walls.AsWorker());
            var release = new NpgsqlBatchCommand(ReleaseSql)
            {
                Parameters = { new() { Value = organizationId }, new() { Value = channelId }, new() { Value = Chunk }, new() { Value = clock.GetUtcNow() } },
            };
            batch.BatchCommands.Add(release);
            await batch.ExecuteNonQueryAsync(ct);
            last = (int)release.RecordsAffected;
            released += last;
        }

        return released;
    }
}
