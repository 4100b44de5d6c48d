namespace Omni.Bench.Chaos;

/// <summary>A message of a person, or the edit of one, as the platform knows it.</summary>
/// <param name="Tenant">The organization.</param>
/// <param name="Person">Who wrote.</param>
/// <param name="Id">The platform's id.</param>
/// <param name="Mark">Stands in its text and nowhere else.</param>
/// <param name="Text">The words.</param>
/// <param name="Second">The platform's time, in seconds since 1970.</param>
/// <param name="Edits">The message that it changes; null for a message.</param>
internal sealed record SentEvent(ChaosTenant Tenant, int Person, string Id, string Mark, string Text, long Second, SentEvent? Edits)
{
    private long _firstSent;
    private long _acknowledged;

    /// <summary>Letters that make the body larger.</summary>
    internal string? Padding { get; init; }

    /// <summary>Monotonic time at which the first copy left; 0 when none did.</summary>
    internal long FirstSent => Interlocked.Read(ref _firstSent);

    /// <summary>Monotonic time of the first answer 200; 0 without one.</summary>
    internal long Acknowledged => Interlocked.Read(ref _acknowledged);

    /// <summary>Notes that a copy is about to leave.</summary>
    internal void Leaves() => Interlocked.CompareExchange(ref _firstSent, System.Diagnostics.Stopwatch.GetTimestamp(), 0);

    /// <summary>Notes an answer 200.</summary>
    internal void IsTaken() => Interlocked.CompareExchange(ref _acknowledged, System.Diagnostics.Stopwatch.GetTimestamp(), 0);
}

/// <summary>A reply of the team.</summary>
/// <param name="Tenant">The organization.</param>
/// <param name="Person">To whom.</param>
/// <param name="Number">Rises with each reply to that person.</param>
/// <param name="ClientId">Its client id.</param>
/// <param name="Text">The words; no two replies have the same.</param>
internal sealed record SentReply(ChaosTenant Tenant, int Person, int Number, Guid ClientId, string Text)
{
    /// <summary>Whether the API has taken it.</summary>
    internal bool Acknowledged { get; set; }
}
