using Omni.Core.Channels;

namespace Omni.Web.Channels;

/// <summary>What the page of the channels shows.</summary>
/// <param name="Channels">The connected accounts.</param>
/// <param name="Now">When they were read (UTC).</param>
public sealed record ChannelsContent(IReadOnlyList<ConnectedChannel> Channels, DateTimeOffset Now);
