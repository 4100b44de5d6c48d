using Npgsql;
using Omni.Core.Channels;
using Omni.Infrastructure.Data;

namespace Omni.Infrastructure.Channels.Polling;

/// <inheritdoc cref="IChannelPolls"/>
internal sealed class ChannelPolls(NpgsqlDataSource source) : IChannelPolls
{
    /// <summary>How long a platform needs until its listings show what it has just taken.</summary>
    private static readonly TimeSpan Shown = TimeSpan.FromSeconds(1);

    public async Task HurryAsync(Guid organizationId, Guid channelId, bool echoes, CancellationToken ct)
    {
        await using var batch = source.CreateBatch();
        batch.BatchCommands.Add(Walls.As(organizationId));
        batch.BatchCommands.Add(new NpgsqlBatchCommand("""
            update channel_polls set next_at = least(next_at, now() + $3), echoes_wanted = echoes_wanted or $4
            where organization_id = $1 and channel_id = $2
            """)
        {
            Parameters = { new() { Value = organizationId }, new() { Value = channelId }, new() { Value = echoes ? Shown : TimeSpan.Zero }, new() { Value = echoes } },
        });
        await batch.ExecuteNonQueryAsync(ct);
    }
}
