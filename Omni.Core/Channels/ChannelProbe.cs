using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Omni.Core.Common;

namespace Omni.Core.Channels;

/// <inheritdoc cref="IChannelProbe"/>
public sealed partial class ChannelProbe(IOmniDbFactory dbs, ChannelService channels, ILogger<ChannelProbe> log) : IChannelProbe
{
    /// <inheritdoc/>
    public async Task<ChannelProbeResult> ProbeAsync(CancellationToken ct)
    {
        var (probed, needReauth, unanswered) = (0, 0, 0);
        foreach (var organizationId in await OrganizationsAsync(ct))
        {
            foreach (var id in await ChannelsAsync(organizationId, ct))
            {
                try
                {
                    switch (await channels.ProveAgainAsync(organizationId, id, ct))
                    {
                        case null:
                            probed++;
                            break;
                        case Refusal.Invalid:
                            (probed, needReauth) = (probed + 1, needReauth + 1);
                            break;
                        default:
                            unanswered++;
                            break;
                    }
                }
                catch (Exception failure) when (failure is not OperationCanceledException)
                {
                    // One channel that cannot be looked at must not keep the others from it.
                    unanswered++;
                    NotProbed(failure, id);
                }
            }
        }

        return new ChannelProbeResult(probed, needReauth, unanswered);
    }

    private async Task<List<Guid>> OrganizationsAsync(CancellationToken ct)
    {
        await using var db = await dbs.OpenGlobalAsync(ct);
        return await db.Organizations.OrderBy(o => o.Id).Select(o => o.Id).ToListAsync(ct);
    }

    private async Task<List<Guid>> ChannelsAsync(Guid organizationId, CancellationToken ct)
    {
        await using var db = await dbs.OpenAsync(organizationId, ct);
        return await db.Channels.Where(c => c.DeletedAt == null && c.Status != ChannelStatus.Disabled).OrderBy(c => c.Id).Select(c => c.Id).ToListAsync(ct);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Channel {ChannelId} could not be probed.")]
    private partial void NotProbed(Exception failure, Guid channelId);
}
