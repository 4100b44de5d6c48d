using System.Text.Json;

namespace Omni.Infrastructure.Channels.Reddit;

/// <summary>How far an account has been read. Kept by the poll's row between looks.</summary>
internal sealed record RedditPollState
{
    /// <summary>How far the inbox has been read.</summary>
    public RedditCursor Inbox { get; init; } = new();

    /// <summary>How far the sent messages have been read.</summary>
    public RedditCursor Sent { get; init; } = new();

    /// <summary>How far the account's own comments have been read.</summary>
    public RedditCursor Own { get; init; } = new();

    /// <summary>When what we wrote ourselves was looked at last (UTC).</summary>
    public DateTimeOffset EchoesAt { get; init; }

    /// <summary>Reads it; what cannot be read begins anew, which costs calls and doubles nothing.</summary>
    public static RedditPollState Read(string json)
    {
        try
        {
            return JsonSerializer.Deserialize<RedditPollState>(json, JsonSerializerOptions.Web) ?? new();
        }
        catch (JsonException)
        {
            return new RedditPollState();
        }
    }

    /// <summary>Writes it.</summary>
    public string Write() => JsonSerializer.Serialize(this, JsonSerializerOptions.Web);
}

/// <summary>
/// A place in a listing that is sorted newest first. Names of several of the newest items are kept, because one that is deleted vanishes from
/// the listing and a cursor that only knew it would find nothing, or read everything again.
/// </summary>
internal sealed record RedditCursor
{
    /// <summary>Names kept.</summary>
    public const int MostSeen = 50;

    /// <summary>The newest names that were read, newest first.</summary>
    public IReadOnlyList<string> Seen { get; init; } = [];

    /// <summary>Time of the newest (UTC); null before the first look.</summary>
    public DateTimeOffset? Newest { get; init; }

    /// <summary>Where reading broke off in the middle, as the listing's <c>after</c>; null when nothing is missing.</summary>
    public string? GapAfter { get; init; }

    /// <summary>Down to what time the gap has to be read (UTC).</summary>
    public DateTimeOffset? GapUntil { get; init; }
}
