using Omni.Core.Channels;
using Omni.Web.Shared;

namespace Omni.Web.Channels;

/// <summary>How a channel is doing, in one sentence and one icon.</summary>
/// <param name="Tone">ok, warn or bad.</param>
/// <param name="Icon">Icon of the sprite.</param>
/// <param name="Words">The sentence.</param>
public sealed record ChannelWords(string Tone, string Icon, string Words)
{
    /// <summary>The state of a channel.</summary>
    public static ChannelWords Of(ConnectedChannel channel, Reader reader, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(channel);
        ArgumentNullException.ThrowIfNull(reader);
        var health = channel.Health;
        return channel.Status switch
        {
            ChannelStatus.NeedsReauth => new("bad", "error", channel.Reason ?? "The platform no longer accepts the token."),
            ChannelStatus.Disabled => new("off", "pause", channel.Reason ?? "Switched off."),
            ChannelStatus.Degraded => new("warn", "warn", channel.Reason ?? "Works in part."),
            _ when health is { TokenExpiresAt: { } end, TokenWarnsAt: { } from } && from <= now => new("warn", "warn", $"Working, but the token ends {reader.Soon(end, now)}. Enter a new one before."),
            _ when health.Figures.InboundFailed > 0 => new("warn", "warn", $"Working. {Count(health.Figures.InboundFailed, "delivery", "deliveries")} could not be read"),
            _ when health.Figures.Failed > 0 => new("warn", "warn", $"Working. {Count(health.Figures.Failed, "message", "messages")} failed in the last 24 h"),
            _ when health.Activity.Silence is { } silence => new("warn", "warn", $"Quiet for {Quiet(now - silence.Since)}. On {silence.Weekday}s about {silence.Usual} messages usually come in that time"),
            _ when health.LastInboundAt is null => new("ok", "check", "Working. No message yet"),
            _ => new("ok", "check", "Working"),
        };
    }

    // Of more than a day only the last 24 hours are compared.
    private static string Quiet(TimeSpan span) => span.TotalHours >= 24 ? "more than 24 h" : Reader.Left(span);

    /// <summary>What is kept while the channel does not work; null when nothing waits.</summary>
    public static string? Kept(ConnectedChannel channel)
    {
        ArgumentNullException.ThrowIfNull(channel);
        var waiting = channel.Health.Figures.Queued;
        return channel.Status is ChannelStatus.Connected or ChannelStatus.Degraded ? null
            : waiting > 0 ? $"Messages still arrive and are kept. {Count(waiting, "reply waits", "replies wait")} and go out in order once it works."
            : "Messages still arrive and are kept.";
    }

    /// <summary>All channels in one sentence: "Two connected. One needs you."</summary>
    public static string Summary(IReadOnlyList<ConnectedChannel> channels)
    {
        ArgumentNullException.ThrowIfNull(channels);
        var trouble = channels.Count(c => c.Status is ChannelStatus.NeedsReauth or ChannelStatus.Degraded);
        var quiet = channels.Count(c => c.Status == ChannelStatus.Connected && c.Health.Activity.Silence is not null);
        return channels.Count == 0
            ? "The accounts your customers write to."
            : string.Join(' ', new[]
            {
                $"{channels.Count} connected.",
                trouble switch { 0 => null, 1 => "One needs you.", _ => $"{trouble} need you." },
                quiet switch { 0 => null, 1 => "One is unusually quiet.", _ => $"{quiet} are unusually quiet." },
                trouble + quiet == 0 ? "All is well." : null,
            }.OfType<string>());
    }

    /// <summary>A count with its word; from a thousand on it is not exact.</summary>
    public static string Count(int n, string one, string many) => n == 1 ? $"1 {one}" : n >= ChannelFigures.MostCounted ? $"999+ {many}" : $"{n} {many}";
}
