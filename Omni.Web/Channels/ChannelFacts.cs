using Omni.Core.Channels;
using Omni.Web.Shared;

namespace Omni.Web.Channels;

/// <summary>One thing to know about a channel.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Words">How it is.</param>
public sealed record ChannelFacts(string Name, string Words)
{
    /// <summary>What is known about a channel, in words.</summary>
    public static IReadOnlyList<ChannelFacts> Of(ConnectedChannel channel, Reader reader, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(channel);
        ArgumentNullException.ThrowIfNull(reader);
        var (health, figures) = (channel.Health, channel.Health.Figures);
        return
        [
            new("Last message in", health.LastInboundAt is { } came ? reader.Exact(came) : "none yet"),
            new("Last message out", health.LastOutboundAt is { } went ? reader.Exact(went) : "none yet"),
            new("Token", Token(health, reader, now)),
            new("Checked", health.ProvedAt is { } proved ? $"the platform answered {reader.Exact(proved)}" : "never"),
            new("Waits to be sent", ChannelWords.Count(figures.Queued, "reply", "replies")),
            new("Failed in 24 h", ChannelWords.Count(figures.Failed, "message", "messages")),
            new("Deliveries", figures switch
            {
                { InboundWaiting: 0, InboundFailed: 0 } => "all applied",
                { InboundFailed: 0 } => $"{ChannelWords.Count(figures.InboundWaiting, "waits", "wait")} to be applied",
                _ => $"{ChannelWords.Count(figures.InboundFailed, "could", "could")} not be read, {figures.InboundWaiting} wait to be applied",
            }),
        ];
    }

    private static string Token(ChannelHealth health, Reader reader, DateTimeOffset now) => health.TokenExpiresAt switch
    {
        null when health.TokenIsExchanged => "its end was not told yet",
        null => "does not end by itself, as far as the platform says",
        { } past when past <= now => $"ended {reader.Exact(past)}",
        { } soon => $"ends in {Reader.Left(soon - now)}, on {reader.Exact(soon)}{(health.TokenIsExchanged ? "; it is exchanged before" : "")}",
    };
}
