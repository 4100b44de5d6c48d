using Omni.Core.Channels;

namespace Omni.Web.Channels;

/// <summary>The account of a replay.</summary>
public static class ReplayWords
{
    /// <summary>What became of it so far: "12 put back. 9 applied, 2 in quarantine again, 1 waits."</summary>
    public static string Of(WebhookReplay replay)
    {
        ArgumentNullException.ThrowIfNull(replay);
        var parts = new[]
        {
            (replay.Applied, "applied"),
            (replay.Quarantined, "in quarantine again: open them to see why"),
            (replay.Failing, "failing, tried again by themselves"),
            (replay.Waiting, "waiting"),
        }.Where(p => p.Item1 > 0).Select(p => $"{p.Item1} {p.Item2}");
        return replay.Total == 0
            ? "There was nothing to apply again."
            : $"{(replay.Total == 1 ? "1 delivery was" : $"{replay.Total} deliveries were")} put back: {string.Join(", ", parts)}.";
    }
}
