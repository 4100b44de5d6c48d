namespace Omni.Core.Events;

/// <summary>How far a reader of the event feed has come, and which node reads for it now.</summary>
/// <param name="Name">The reader.</param>
public sealed record FeedPlace(string Name)
{
    /// <summary>The place in the feed.</summary>
    public string Place { get; init; } = "";

    /// <summary>The node that reads.</summary>
    public Guid? LeaseOwner { get; init; }

    /// <summary>Until when it may (UTC).</summary>
    public DateTimeOffset LeaseUntil { get; init; }

    /// <summary>Rises when another node takes over; every later write names it, so that a paused node cannot write.</summary>
    public long LeaseVersion { get; init; }
}
