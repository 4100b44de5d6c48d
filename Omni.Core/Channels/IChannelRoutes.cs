using Omni.Core.Common;

namespace Omni.Core.Channels;

/// <summary>Writes which account's deliveries go to which channel. Only after the account was proved.</summary>
public interface IChannelRoutes
{
    /// <summary>Gives the channel the routes of its account and of the further ids that belong to it, and takes away those it had under another app. Pending changes of the unit of work are written first.</summary>
    /// <param name="db">The unit of work of the channel's organization.</param>
    /// <param name="channel">The channel; its <see cref="Channel.AppSecretHash"/> decides the app part.</param>
    /// <param name="otherAccountIds">Further ids, e.g. the business account. One that another channel already has stays there: several numbers share a business account.</param>
    /// <param name="ct">Stops waiting.</param>
    /// <returns>False when the account's own route belongs to another channel; the unit of work must then not be committed.</returns>
    Task<bool> WriteAsync(IOmniDb db, Channel channel, IReadOnlyList<string> otherAccountIds, CancellationToken ct);

    /// <summary>Takes all routes of the channel away.</summary>
    Task RemoveAsync(IOmniDb db, Channel channel, CancellationToken ct);

    /// <summary>
    /// Hands what came for the channel's accounts before anybody had connected them to the channel. Only what was verified in a way that
    /// fits the route: by the installation's app, or by a channel of the same organization with the same app secret. Call after the commit.
    /// </summary>
    /// <returns>How many queue items now wait for the channel.</returns>
    Task<int> ReleaseUnroutedAsync(Guid organizationId, Guid channelId, CancellationToken ct);
}
