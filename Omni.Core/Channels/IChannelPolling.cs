using System.Text.Json.Nodes;

namespace Omni.Core.Channels;

/// <summary>An adapter whose platform posts nothing: what is new is fetched. What it finds goes the same way as posted deliveries.</summary>
public interface IChannelPolling
{
    /// <summary>Time between two looks.</summary>
    TimeSpan Every { get; }

    /// <summary>The same while somebody has one of the channel's conversations open.</summary>
    TimeSpan EveryWhileOpen { get; }

    /// <summary>Beginning of the ids of messages that may change or vanish after they were stored and have to be looked at again; null when none do.</summary>
    string? RecheckedIds { get; }

    /// <summary>Looks once. Never called twice at a time for one channel, on any node.</summary>
    Task<PollOutcome> PollAsync(PollTurn turn, ChannelAccess access, CancellationToken ct);
}

/// <summary>What a look begins with.</summary>
/// <param name="State">What the last look that worked left behind, as JSON; <c>{}</c> at first.</param>
/// <param name="Settings">The channel's settings.</param>
/// <param name="Since">When the channel was connected first (UTC): what is much older is not wanted.</param>
public sealed record PollTurn(string State, JsonObject Settings, DateTimeOffset Since)
{
    /// <summary>True when a message of ours waits to be named by the platform, or nobody knows whether it was sent.</summary>
    public bool EchoesWanted { get; init; }

    /// <summary>Ids of stored messages whose present state is wanted, at most <see cref="MostRechecked"/>.</summary>
    public IReadOnlyList<string> Recheck { get; init; } = [];

    /// <summary>Messages looked at again in one turn at most.</summary>
    public const int MostRechecked = 100;
}

/// <summary>What a look found.</summary>
public abstract record PollOutcome
{
    private PollOutcome()
    {
    }

    /// <summary>It worked.</summary>
    /// <param name="Deliveries">What is new, oldest first, each as the adapter reads it. Stored before <paramref name="State"/> is: after a crash in between the same comes again and changes nothing.</param>
    /// <param name="State">What the next look begins with.</param>
    public sealed record Fetched(IReadOnlyList<byte[]> Deliveries, string State) : PollOutcome;

    /// <summary>The platform could not be asked, or asks to wait.</summary>
    /// <param name="After">The least time to wait; zero leaves it to the back-off.</param>
    /// <param name="Reason">Plain words for the owner.</param>
    /// <param name="IsOurs">True when it is our own restraint and says nothing about the platform.</param>
    public sealed record Later(TimeSpan After, string Reason, bool IsOurs = false) : PollOutcome;

    /// <summary>The channel's credentials no longer count.</summary>
    /// <param name="Reason">Plain words for the owner.</param>
    public sealed record Reauthorize(string Reason) : PollOutcome;
}
