using System.Text.Json;
using Omni.Core.Channels;

namespace Omni.Infrastructure.Channels.Reddit;

/// <summary>Reads what is new in a listing. Pages newest first until something known, and goes on where it broke off, so that a long absence loses nothing.</summary>
internal sealed class RedditListing(RedditClient reddit)
{
    private const int FirstPage = 25;
    private const int FurtherPage = 100;

    /// <summary>Listings end after about a thousand items.</summary>
    private const int MostPages = 12;

    /// <summary>Listings are cached for a while and may show an item after one that is newer.</summary>
    private static readonly TimeSpan Late = TimeSpan.FromMinutes(10);

    /// <summary>Reads.</summary>
    /// <param name="path">The listing's path, without a query.</param>
    /// <param name="cursor">How far it has been read.</param>
    /// <param name="since">From where on, when it was never read before.</param>
    /// <param name="access">The channel.</param>
    /// <param name="ct">Stops.</param>
    public async Task<RedditNews> ReadAsync(string path, RedditCursor cursor, DateTimeOffset since, ChannelAccess access, CancellationToken ct)
    {
        var known = cursor.Seen.ToHashSet(StringComparer.Ordinal);
        var until = (cursor.Newest ?? since) - Late;
        var head = await PagesAsync(path, null, FirstPage, known, until, access, ct);
        if (head.Failure is not null && head.Items.Count == 0)
        {
            return new RedditNews([], cursor, head.Failure);
        }

        var next = cursor with
        {
            Seen = [.. head.Items.Select(Name).Concat(cursor.Seen).OfType<string>().Distinct().Take(RedditCursor.MostSeen)],
            Newest = head.Items.Select(Time).Append(cursor.Newest).Max() ?? since,
        };
        if (head.Failure is not null)
        {
            // What is between here and the last look is read next time; an older gap lies below it and is read with it.
            return new RedditNews(head.Items, next with { GapAfter = head.After, GapUntil = cursor.GapUntil ?? until }, head.Failure);
        }

        if (cursor.GapAfter is not { } gap)
        {
            return new RedditNews(head.Items, next, null);
        }

        var rest = await PagesAsync(path, gap, FurtherPage, [], cursor.GapUntil ?? since, access, ct);
        return new RedditNews(
            [.. head.Items, .. rest.Items],
            rest.Failure is null ? next with { GapAfter = null, GapUntil = null } : next with { GapAfter = rest.After ?? gap },
            rest.Failure);
    }

    private async Task<(List<JsonElement> Items, string? After, RedditAnswer? Failure)> PagesAsync(
        string path, string? after, int size, HashSet<string> known, DateTimeOffset until, ChannelAccess access, CancellationToken ct)
    {
        var items = new List<JsonElement>();
        for (var page = 0; page < MostPages; page++, size = FurtherPage)
        {
            var answer = await reddit.GetAsync($"{path}?mark=false&limit={size}{(after is null ? "" : $"&after={Uri.EscapeDataString(after)}")}", access, RedditClient.ForLooking, ct);
            if (answer is not RedditAnswer.Answered { Ok: true } ok || ok.Body.Member("data"u8).Member("children"u8).ValueKind != JsonValueKind.Array)
            {
                return (items, after, answer);
            }

            var isKnown = false;
            foreach (var child in ok.Body.Member("data"u8).Member("children"u8).EnumerateArray())
            {
                if (Time(child) < until)
                {
                    return (items, null, null);
                }

                if (Name(child) is { } name && known.Contains(name))
                {
                    isKnown = true; // what stands below it on this page may still be new
                }
                else
                {
                    items.Add(child);
                }
            }

            if (isKnown || ok.Body.Member("data"u8).Text("after"u8) is not { } next)
            {
                break;
            }

            after = next;
        }

        return (items, null, null);
    }

    private static string? Name(JsonElement thing) => thing.Member("data"u8).Id("name"u8);

    private static DateTimeOffset? Time(JsonElement thing) => RedditThing.Time(thing.Member("data"u8).Member("created_utc"u8));
}

/// <summary>What a listing had.</summary>
/// <param name="Items">New items, newest first.</param>
/// <param name="Cursor">How far it has been read now.</param>
/// <param name="Failure">The answer that broke it off; null when none did.</param>
internal sealed record RedditNews(IReadOnlyList<JsonElement> Items, RedditCursor Cursor, RedditAnswer? Failure);
