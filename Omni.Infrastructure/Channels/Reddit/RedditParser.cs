using System.Text.Json;
using System.Text.Json.Nodes;
using Omni.Core.Channels;

namespace Omni.Infrastructure.Channels.Reddit;

/// <summary>Reads messages and comments out of Reddit's listings (github.com/reddit-archive/reddit/wiki/JSON).</summary>
internal static class RedditParser
{
    private const string Site = "https://www.reddit.com";
    private const int MaxItems = 20_000;

    private static readonly HashSet<string> Machines = new(StringComparer.OrdinalIgnoreCase) { "reddit", "AutoModerator" };

    /// <inheritdoc cref="IChannelAdapter.Split"/>
    public static IReadOnlyList<DeliverySlice> Split(ReadOnlyMemory<byte> body)
    {
        var (account, document) = RedditDelivery.Open(body);
        using (document)
        {
            return [new DeliverySlice(account, body, Things(document.RootElement.Member("data"u8), []).Count)];
        }
    }

    /// <inheritdoc cref="IChannelAdapter.Parse"/>
    public static IReadOnlyList<ParsedItem> Parse(ReadOnlyMemory<byte> body)
    {
        var (account, document) = RedditDelivery.Open(body);
        using (document)
        {
            var seen = new HashSet<(InboundKind, string?)>();
            var items = new List<ParsedItem>();
            foreach (var thing in Things(document.RootElement.Member("data"u8), []))
            {
                var item = Read(account, thing);
                if (item.Event is not { ExternalId: { } id } read || seen.Add((read.Kind, id)))
                {
                    items.Add(item);
                }
            }

            return items;
        }
    }

    /// <summary>All messages and comments, in reading order: of listings, of lists, and of the replies inside a message.</summary>
    /// <exception cref="FormatException">There are far too many.</exception>
    private static List<JsonElement> Things(JsonElement element, List<JsonElement> found)
    {
        if (element.ValueKind == JsonValueKind.Array)
        {
            foreach (var child in element.EnumerateArray())
            {
                Things(child, found);
            }

            return found;
        }

        switch (element.Text("kind"u8))
        {
            case "Listing":
                return Things(element.Member("data"u8).Member("children"u8), found);
            case "t2" or "t3" or "t5" or "t6" or "more" or null:
                return found; // people, posts and subreddits say nothing to us
        }

        if (found.Count == MaxItems)
        {
            throw new FormatException($"More than {MaxItems} items.");
        }

        found.Add(element);
        return Things(element.Member("data"u8).Member("replies"u8), found);
    }

    private static ParsedItem Read(string account, JsonElement thing)
    {
        try
        {
            return new ParsedItem(Event(account, thing.Text("kind"u8)!, thing.Member("data"u8)));
        }
        catch (FormatException e)
        {
            return new ParsedItem(null, e.Message, thing.Node());
        }
    }

    private static InboundEvent Event(string account, string kind, JsonElement data)
    {
        var id = data.Id("name"u8) ?? throw new FormatException("The item has no name.");
        if (RedditThing.IsPlaceholder(id))
        {
            return Ignored(account, "Reddit has not named it yet");
        }

        var (author, body) = (data.Id("author"u8), data.Member("body"u8).Text());
        var isComment = kind == RedditThing.Comment;
        if (IsGone(isComment, author, body))
        {
            return new InboundEvent { Kind = InboundKind.Deletion, AccountId = account, Direction = MessageDirection.In, ExternalId = id };
        }

        if (isComment && data.Flag("recheck"u8))
        {
            return RedditThing.Time(data.Member("edited"u8)) is { } edited
                ? new InboundEvent { Kind = InboundKind.Edit, AccountId = account, Direction = MessageDirection.In, ExternalId = id, Text = body, Timestamp = edited }
                : Ignored(account, "unchanged");
        }

        var isOwn = string.Equals(author, account, StringComparison.OrdinalIgnoreCase);
        var (dest, subreddit) = (data.Id("dest"u8), data.Id("subreddit"u8));
        var contact = isOwn ? isComment ? null : Name(dest) : author ?? (subreddit is null ? null : $"r/{subreddit}");
        if (isOwn && string.Equals(contact, account, StringComparison.OrdinalIgnoreCase))
        {
            return Ignored(account, "written to itself");
        }

        if (contact is null && !isOwn)
        {
            throw new FormatException("The item has no author.");
        }

        return new InboundEvent
        {
            Kind = InboundKind.Message,
            AccountId = account,
            Direction = isOwn ? MessageDirection.Out : MessageDirection.In,
            ExternalId = id,
            ContactId = contact?.ToLowerInvariant(),
            ContactName = contact,
            Username = contact,
            Type = kind is RedditThing.Comment or RedditThing.Message && body is { Length: > 0 } ? "text" : "unsupported",
            Text = body,
            Timestamp = RedditThing.Time(data.Member("created_utc"u8)),
            ReplyTo = data.Id("parent_id"u8),
            ThreadKey = isComment ? Post(data) : data.Id("first_message_name"u8) ?? id,
            Extra = Extra(data, isComment, isOwn, author, dest, subreddit),
        };
    }

    /// <summary>Taken back by the person, or removed by moderators.</summary>
    private static bool IsGone(bool isComment, string? author, string? body) =>
        body is "[deleted]" or "[removed]" && (isComment || author is null or "[deleted]");

    /// <summary>Whom a message went to: a person, or the moderators of a subreddit (<c>#name</c>).</summary>
    private static string? Name(string? dest) => dest is ['#', .. var subreddit] ? $"r/{subreddit}" : dest;

    /// <summary>The post a comment stands under: it is a thread of its own with everybody who writes there.</summary>
    private static string Post(JsonElement data)
    {
        if (data.Id("link_id"u8) is { } post)
        {
            return post;
        }

        var parts = (data.Id("context"u8) ?? "").Split('/', StringSplitOptions.RemoveEmptyEntries);
        var at = Array.IndexOf(parts, "comments");
        return at >= 0 && at + 1 < parts.Length ? $"t3_{parts[at + 1]}" : "";
    }

    private static JsonObject Extra(JsonElement data, bool isComment, bool isOwn, string? author, string? dest, string? subreddit)
    {
        var extra = new JsonObject();
        Set(extra, "subject", isComment ? null : data.Text("subject"u8));
        if (isComment)
        {
            Set(extra, "reason", data.Text("type"u8));
            Set(extra, "link_title", data.Text("link_title"u8));
            Set(extra, "permalink", (data.Text("context"u8) ?? data.Text("permalink"u8)) is { } path && path.StartsWith('/') ? Site + path : null);
        }
        else
        {
            Set(extra, "subreddit", isOwn || dest is ['#', ..] ? dest is ['#', .. var to] ? to : null : author is null ? subreddit : null);
        }

        Set(extra, "contact_fullname", isOwn ? null : data.Id("author_fullname"u8));
        extra["unread"] = data.Flag("new"u8);
        if (isComment)
        {
            extra["public"] = true;
        }

        // Answering these by a machine would be two machines talking.
        if (author is null || Machines.Contains(author) || data.Text("distinguished"u8) is "admin" or "gold-auto")
        {
            extra["no_automation"] = true;
        }

        return extra;
    }

    private static void Set(JsonObject extra, string name, string? value)
    {
        if (value is not null)
        {
            extra[name] = value;
        }
    }

    private static InboundEvent Ignored(string account, string reason) =>
        new() { Kind = InboundKind.Ignored, AccountId = account, Extra = new JsonObject { ["reason"] = reason } };
}
