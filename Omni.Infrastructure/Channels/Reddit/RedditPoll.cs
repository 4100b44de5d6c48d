using System.Text.Json;
using System.Text.Json.Nodes;
using Omni.Core.Channels;
using Omni.Core.Common;

namespace Omni.Infrastructure.Channels.Reddit;

/// <summary>
/// Looks for news of one account. The inbox is one listing with private messages, answers to comments and posts, and mentions; what was sent
/// stands in listings of its own, which name our messages and show what was typed at reddit.com.
/// </summary>
internal sealed class RedditPoll(RedditClient reddit, TimeProvider clock)
{
    private const int MostPerDelivery = 50;

    /// <summary>What was sent is looked at less often, unless something waits for it.</summary>
    private static readonly TimeSpan EchoesEvery = TimeSpan.FromMinutes(3);

    private readonly RedditListing _listing = new(reddit);

    /// <inheritdoc cref="IChannelPolling.PollAsync"/>
    public async Task<PollOutcome> PollAsync(PollTurn turn, ChannelAccess access, CancellationToken ct)
    {
        var state = RedditPollState.Read(turn.State);
        var wantsComments = turn.Settings[RedditLogins.CommentsSetting]?.GetValueKind() == JsonValueKind.True;
        var inbox = await _listing.ReadAsync("message/inbox", state.Inbox, turn.Since, access, ct);
        if (inbox is { Failure: { } failure, Items.Count: 0 })
        {
            return Outcome(failure);
        }

        // From here on the look counts: what was read before it broke off is kept, and the cursors know where the gaps are.
        state = state with { Inbox = inbox.Cursor };
        var found = inbox.Items.ToList();
        var now = clock.GetUtcNow();
        if (inbox.Failure is null && (turn.EchoesWanted || now - state.EchoesAt >= EchoesEvery))
        {
            var sent = await _listing.ReadAsync("message/sent", state.Sent, turn.Since, access, ct);
            found.AddRange(sent.Items);
            var own = wantsComments ? await _listing.ReadAsync($"user/{Uri.EscapeDataString(access.AccountId)}/comments", state.Own, turn.Since, access, ct) : null;
            found.AddRange(own?.Items ?? []);

            // One of these may be closed to an account for a while; new messages come in all the same.
            state = state with { Sent = sent.Cursor, Own = own?.Cursor ?? state.Own, EchoesAt = sent.Failure is RedditAnswer.NoBudget ? state.EchoesAt : now };
        }

        var deliveries = Deliveries(found, wantsComments, access);
        if (inbox.Failure is null && turn.Recheck.Count > 0 && await RecheckAsync(turn.Recheck, access, ct) is { } changed)
        {
            deliveries.Add(changed);
        }

        return new PollOutcome.Fetched(deliveries, state.Write());
    }

    /// <inheritdoc cref="IChannelHistory.HistoryAsync"/>
    public async Task<Result<IReadOnlyList<byte[]>>> HistoryAsync(ChannelAccess access, DateTimeOffset since, CancellationToken ct)
    {
        var found = new List<JsonElement>();
        foreach (var path in new[] { "message/inbox", "message/sent" })
        {
            var news = await _listing.ReadAsync(path, new RedditCursor(), since, access, ct);
            if (news.Failure is { } failure && RedditVerdicts.Refuse(failure, CredentialNames.AccessToken) is { } refusal)
            {
                return refusal is Refusal.Invalid ? new Refusal.Conflict(refusal.Message) : refusal;
            }

            found.AddRange(news.Items);
        }

        return Deliveries(found, wantsComments: false, access);
    }

    private static List<byte[]> Deliveries(List<JsonElement> found, bool wantsComments, ChannelAccess access) => [.. found
        .Where(t => wantsComments || t.Text("kind"u8) != RedditThing.Comment)
        .OrderBy(t => RedditThing.Time(t.Member("data"u8).Member("created_utc"u8)) ?? DateTimeOffset.MaxValue)
        .Chunk(MostPerDelivery).Select(chunk => RedditDelivery.Of(access.AccountId, chunk))];

    /// <summary>What became of stored comments: changed ones, and those that Reddit no longer shows, which must not be shown here either.</summary>
    private async Task<byte[]?> RecheckAsync(IReadOnlyList<string> ids, ChannelAccess access, CancellationToken ct)
    {
        var answer = await reddit.GetAsync($"api/info?id={string.Join(',', ids.Select(Uri.EscapeDataString))}", access, RedditClient.ForExtras, ct);
        if (answer is not RedditAnswer.Answered { Ok: true } ok || ok.Body.Member("data"u8).Member("children"u8).ValueKind != JsonValueKind.Array)
        {
            return null; // another time
        }

        var now = ok.Body.Member("data"u8).Member("children"u8).EnumerateArray().Select(c => c.Member("data"u8))
            .Where(d => d.Id("name"u8) is not null).ToLookup(d => d.Id("name"u8)!, StringComparer.Ordinal);
        var things = ids.Select(id => Present(id, now[id].FirstOrDefault())).ToList();
        return RedditDelivery.Of(access.AccountId, JsonSerializer.SerializeToElement(new JsonArray([.. things])));
    }

    private static JsonObject Present(string id, JsonElement data)
    {
        var present = new JsonObject { ["name"] = id, ["recheck"] = true, ["body"] = data.ValueKind == JsonValueKind.Object ? data.Member("body"u8).Text() ?? "" : "[deleted]" };
        if (data.Member("edited"u8).ValueKind == JsonValueKind.Number)
        {
            present["edited"] = data.Member("edited"u8).Node();
        }

        return new JsonObject { ["kind"] = RedditThing.Comment, ["data"] = present };
    }

    private static PollOutcome Outcome(RedditAnswer failure) => failure is RedditAnswer.NoBudget empty
        ? new PollOutcome.Later(empty.After, "The calls that Reddit grants this installation are used up for a moment.", IsOurs: true)
        : RedditVerdicts.OfRepeatable(failure) switch
        {
            SendOutcome.Retry retry => new PollOutcome.Later(retry.After, retry.Message),
            SendOutcome.Reauthorize token => new PollOutcome.Reauthorize(token.Message),
            SendOutcome.Rejected rejected => new PollOutcome.Later(TimeSpan.Zero, rejected.Error.Message),
            _ => new PollOutcome.Later(TimeSpan.Zero, "Reddit answered, but not with messages."),
        };
}
