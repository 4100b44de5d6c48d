namespace Omni.Core.Channels;

/// <summary>Looks after the channels of the whole installation; called by the clock.</summary>
public interface IChannelProbe
{
    /// <summary>Reads every account that should work with its token and records what was found: a token that no longer counts, one that counts again. Channels that the team switched off are left alone, and nothing is ever discarded.</summary>
    /// <returns>How many channels were asked, and how many of them need a new token.</returns>
    Task<ChannelProbeResult> ProbeAsync(CancellationToken ct);
}

/// <summary>What one round of <see cref="IChannelProbe"/> found.</summary>
/// <param name="Probed">Channels whose platform gave a clear answer.</param>
/// <param name="NeedReauth">Those that need a new token.</param>
/// <param name="Unanswered">Channels whose platform could not be asked; their state is left as it was.</param>
public sealed record ChannelProbeResult(int Probed, int NeedReauth, int Unanswered);
