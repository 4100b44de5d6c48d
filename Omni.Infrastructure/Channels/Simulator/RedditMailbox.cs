using System.Text.Json.Nodes;
using Omni.Core.Common;

namespace Omni.Infrastructure.Channels.Simulator;

/// <summary>What one account of the simulated Reddit has received and sent.</summary>
/// <param name="username">The account.</param>
internal sealed class RedditMailbox(string username)
{
    private readonly Lock _gate = new();
    private readonly List<RedditItem> _items = [];

    /// <summary>The account.</summary>
    public string Username => username;

    /// <summary>A new name of a kind, as Reddit makes them.</summary>
    public static string NewName(string kind) => $"{kind}_{OmniId.New():N}";

    /// <summary>Puts something in. A message without a parent goes on with what was last written to or by the same person.</summary>
    public RedditItem Add(RedditItem item)
    {
        lock (_gate)
        {
            var parent = item.Parent is { } about ? _items.Find(i => i.Name == about)
                : item is { IsComment: false, IsAlone: false } ? _items.FindLast(i => !i.IsComment && i.With(username) == item.With(username))
                : null;
            var placed = item.IsComment
                ? item with { Post = item.Post ?? parent?.Post }
                : item with { Parent = item.Parent ?? parent?.Name, First = parent is null ? null : parent.First ?? parent.Name };
            _items.Add(placed);
            return placed;
        }
    }

    /// <summary>Finds something by its name.</summary>
    public RedditItem? Find(string? name)
    {
        lock (_gate)
        {
            return _items.FindLast(i => i.Name == name);
        }
    }

    /// <summary>Changes something, as its author or a moderator does.</summary>
    public void Change(string name, Func<RedditItem, RedditItem> change)
    {
        lock (_gate)
        {
            var at = _items.FindIndex(i => i.Name == name);
            _items[at] = change(_items[at]);
        }
    }

    /// <summary>Takes something out, as if it had never been.</summary>
    public void Remove(string name)
    {
        lock (_gate)
        {
            _items.RemoveAll(i => i.Name == name);
        }
    }

    /// <summary>A listing, newest first.</summary>
    /// <param name="fits">What belongs into it.</param>
    /// <param name="after">Name after which it goes on; null for the beginning.</param>
    /// <param name="limit">Items at most.</param>
    public JsonObject List(Func<RedditItem, bool> fits, string? after, int limit)
    {
        List<RedditItem> all;
        lock (_gate)
        {
            all = [.. _items.Where(fits).Reverse().OrderByDescending(i => i.At.ToUnixTimeSeconds())];
        }

        var start = after is null ? 0 : all.FindIndex(i => i.Name == after) + 1;
        var page = after is not null && start == 0 ? [] : all.Skip(start).Take(limit).ToList();
        return new JsonObject
        {
            ["kind"] = "Listing",
            ["data"] = new JsonObject
            {
                ["after"] = start + page.Count < all.Count && page.Count > 0 ? page[^1].Name : null,
                ["dist"] = page.Count,
                ["children"] = new JsonArray([.. page.Select(i => (JsonNode)i.Write())]),
                ["before"] = null,
            },
        };
    }
}

/// <summary>A message or a comment of the simulated Reddit.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Author">Who wrote it.</param>
/// <param name="Dest">To whom.</param>
/// <param name="Body">The words.</param>
/// <param name="At">When.</param>
internal sealed record RedditItem(string Name, string Author, string Dest, string Body, DateTimeOffset At)
{
    /// <summary>What it answers.</summary>
    public string? Parent { get; init; }

    /// <summary>The first message of its thread; null for the first itself.</summary>
    public string? First { get; init; }

    /// <summary>The post a comment stands under.</summary>
    public string? Post { get; init; }

    /// <summary>Why a comment is in the inbox.</summary>
    public string Reason { get; init; } = "comment_reply";

    /// <summary>The subject.</summary>
    public string Subject { get; init; } = "A question";

    /// <summary>True for a message that begins a thread of its own.</summary>
    public bool IsAlone { get; init; }

    /// <summary>When it was changed; null when never.</summary>
    public DateTimeOffset? Edited { get; init; }

    /// <summary>True for comments.</summary>
    public bool IsComment => Name.StartsWith("t1_", StringComparison.Ordinal);

    /// <summary>The other one.</summary>
    public string With(string username) => string.Equals(Author, username, StringComparison.OrdinalIgnoreCase) ? Dest.ToLowerInvariant() : Author.ToLowerInvariant();

    /// <summary>As Reddit writes it.</summary>
    public JsonObject Write() => new()
    {
        ["kind"] = Name[..2],
        ["data"] = new JsonObject
        {
            ["name"] = Name,
            ["id"] = Name[3..],
            ["author"] = Author,
            ["author_fullname"] = $"t2_{Author.ToLowerInvariant()}",
            ["dest"] = Dest,
            ["body"] = Body,
            ["subject"] = IsComment ? Reason.Replace('_', ' ') : Subject,
            ["type"] = IsComment ? Reason : "unknown",
            ["was_comment"] = IsComment,
            ["parent_id"] = Parent,
            ["first_message_name"] = First,
            ["link_id"] = Post,
            ["link_title"] = Post is null ? null : "Tents in the rain",
            ["context"] = Post is null ? "" : $"/r/norwaytrips/comments/{Post[3..]}/tents/{Name[3..]}/?context=3",
            ["replies"] = "",
            ["new"] = true,
            ["edited"] = Edited is { } edited ? JsonValue.Create((double)edited.ToUnixTimeSeconds()) : JsonValue.Create(false),
            ["created_utc"] = (double)At.ToUnixTimeSeconds(),
            ["distinguished"] = null,
        },
    };
}
