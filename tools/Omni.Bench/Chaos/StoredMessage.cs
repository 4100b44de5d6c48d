namespace Omni.Bench.Chaos;

/// <summary>A message as the database holds it.</summary>
internal sealed record StoredMessage(
    Guid OrganizationId, Guid ConversationId, int Seq, long Position, bool Incoming, string? ExternalId, Guid? ClientId, string Text, string Status, string Phone)
{
    /// <summary>What tells one message from all others: the beginning of its words.</summary>
    internal string Mark => Text.Split(' ', 2)[0];

    /// <summary>The same for a message and its edits.</summary>
    internal string Key => Mark is [.. var stem, 'e'] && Incoming ? stem + "m" : Mark;
}
