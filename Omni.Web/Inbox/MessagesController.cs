using System.Diagnostics;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Omni.Core.Common;
using Omni.Core.Identity;
using Omni.Core.Inbox;
using Omni.Core.Operations;
using Omni.Web.Shared.Api;

namespace Omni.Web.Inbox;

/// <summary>Messages: reading, sending, reactions, search.</summary>
[Route("api/v1"), Tags("messages")]
public sealed class MessagesController(IInboxReader reader, ReplyService replies, OmniMetrics metrics) : OmniController
{
    private const string MayRead = "conversations:read";
    private const string MayWrite = "conversations:write";

    /// <summary>Lists the messages of a conversation by (position, seq), newest first; with <c>after</c> oldest first.</summary>
    /// <param name="id">The conversation.</param>
    /// <param name="before">A position or a nextCursor: only older ones.</param>
    /// <param name="after">A position or a nextCursor: only newer ones.</param>
    /// <param name="cursor">The same as before.</param>
    /// <param name="limit">Rows of a page, 1–200; 50 when missing.</param>
    /// <param name="ct">Stops waiting.</param>
    [HttpGet("conversations/{id:guid}/messages")]
    [ProducesResponseType<ListAnswer<MessageJson>>(StatusCodes.Status200OK)]
    public Task<IActionResult> List(Guid id, string? before, string? after, string? cursor, int? limit, CancellationToken ct) =>
        RunAsync(async actor => Shape(await reader.MessagesAsync(actor, id, before ?? cursor, after, Cursor.Limit(limit), ct)), scope: MayRead);

    /// <summary>Sends a reply, or leaves a note. A repeat with the same clientId answers the first result.</summary>
    [HttpPost("conversations/{id:guid}/messages"), Idempotent(ByClientId = false)]
    [ProducesResponseType<Answer<MessageJson>>(StatusCodes.Status201Created)]
    public Task<IActionResult> Send(Guid id, NewMessage message, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(message);
        return RunAsync(actor => SendAsync(actor, id, message, ct), status: StatusCodes.Status201Created, scope: MayWrite);
    }

    /// <summary>Reads one message.</summary>
    [HttpGet("messages/{id:guid}")]
    [ProducesResponseType<Answer<MessageJson>>(StatusCodes.Status200OK)]
    public Task<IActionResult> Find(Guid id, CancellationToken ct) => RunAsync(actor => FindAsync(actor, id, ct), MessageJson.Of, scope: MayRead);

    /// <summary>Sends a failed message again; one that may have been sent needs <c>confirm</c>.</summary>
    [HttpPost("messages/{id:guid}/retry")]
    [ProducesResponseType<Answer<MessageJson>>(StatusCodes.Status200OK)]
    public Task<IActionResult> Retry(Guid id, [FromBody(EmptyBodyBehavior = EmptyBodyBehavior.Allow)] RetryRequest? request, CancellationToken ct) => RunAsync(
        async actor => (await replies.RetryAsync(actor, id, request?.Confirm == true, ct)).Succeeded(out _, out var refusal) ? await FindAsync(actor, id, ct) : refusal,
        MessageJson.Of,
        scope: MayWrite);

    /// <summary>Sets the team's reaction to a message.</summary>
    [HttpPut("messages/{id:guid}/reaction")]
    [ProducesResponseType<Acknowledged>(StatusCodes.Status200OK)]
    public Task<IActionResult> React(Guid id, ReactionRequest reaction, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(reaction);
        return RunAsync(actor => replies.ReactAsync(actor, id, reaction.Emoji.Trim(), ct), scope: MayWrite);
    }

    /// <summary>Removes the team's reaction from a message.</summary>
    [HttpDelete("messages/{id:guid}/reaction")]
    [ProducesResponseType<Acknowledged>(StatusCodes.Status200OK)]
    public Task<IActionResult> RemoveReaction(Guid id, CancellationToken ct) => RunAsync(actor => replies.ReactAsync(actor, id, "", ct), scope: MayWrite);

    /// <summary>Searches messages by their words, newest first: words, "phrases", -without.</summary>
    /// <param name="q">What to search, 1–200 characters.</param>
    /// <param name="cursor">A nextCursor of this list.</param>
    /// <param name="limit">Rows of a page, 1–200; 50 when missing.</param>
    /// <param name="ct">Stops waiting.</param>
    [HttpGet("search")]
    [ProducesResponseType<ListAnswer<MessageJson>>(StatusCodes.Status200OK)]
    public Task<IActionResult> Search(string? q, string? cursor, int? limit, CancellationToken ct) => RunAsync(
        async actor =>
        {
            var start = Stopwatch.GetTimestamp();
            var found = await reader.SearchAsync(actor, q ?? "", cursor, Cursor.Limit(limit), ct);
            metrics.Searched(Stopwatch.GetElapsedTime(start));
            return Shape(found);
        },
        scope: MayRead);

    private async Task<Result<MessageJson>> SendAsync(Actor actor, Guid conversationId, NewMessage message, CancellationToken ct)
    {
        var draft = new ReplyDraft(conversationId, message.ClientId ?? OmniId.New())
        {
            Note = message.Kind == "note",
            Text = message.Text,
            Attachments = message.Attachments,
            ReplyToId = message.ReplyToId,
            Template = message.Template,
            Interactive = message.Interactive,
            IfVersion = message.IfVersion,
            NotBefore = message.NotBefore,
            Mentions = message.Mentions,
            Source = actor.ByToken ? MessageSource.Api : MessageSource.Person,
        };
        if (!(await replies.ReplyAsync(actor, draft, ct)).Succeeded(out var result, out var refusal))
        {
            return refusal;
        }

        var views = await reader.MessagesAsync(actor.OrganizationId, result.Messages.ToArray(), ct);
        MessageJson[] parts = [.. views.OrderBy(v => v.Seq).Select(MessageJson.Of)];
        return parts[0] with { ConversationVersion = result.ConversationVersion, Parts = parts.Length > 1 ? parts[1..] : null };
    }

    private async Task<Result<MessageView>> FindAsync(Actor actor, Guid id, CancellationToken ct) =>
        await reader.MessagesAsync(actor.OrganizationId, [id], ct) is [var message] ? message : new Refusal.NotFound("The message");

    private static Result<Page<MessageJson>> Shape(Result<Page<MessageView>> page) =>
        page.Succeeded(out var rows, out var refusal) ? rows.Select(MessageJson.Of) : refusal;
}
