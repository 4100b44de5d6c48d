using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Omni.Core.Common;
using Omni.Core.Identity;
using Omni.Core.Inbox;
using Omni.Web.Shared.Api;

namespace Omni.Web.Inbox;

/// <summary>Conversations: lists, changes, reading.</summary>
[Route("api/v1/conversations"), Tags("conversations")]
public sealed class ConversationsController(IInboxReader reader, ConversationService conversations, ReadingService reading, TimelineService timelines) : OmniController
{
    private const string MayRead = "conversations:read";
    private const string MayWrite = "conversations:write";

    /// <summary>Lists conversations, the most active first.</summary>
    [HttpGet]
    [ProducesResponseType<ListAnswer<ConversationJson>>(StatusCodes.Status200OK)]
    public Task<IActionResult> List([FromQuery] ConversationListRequest request, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(request);
        return RunAsync(
            async actor => request.ToQuery(actor).Succeeded(out var query, out var refusal) ? Shape(await reader.ListAsync(actor, query, ct)) : refusal,
            scope: MayRead);
    }

    /// <summary>Counts the conversations of each view; counts stop at 100.</summary>
    [HttpGet("counts")]
    [ProducesResponseType<Answer<CountsJson>>(StatusCodes.Status200OK)]
    public Task<IActionResult> Counts(CancellationToken ct) =>
        RunAsync(async actor => (Result<CountsJson>)CountsJson.Of(await reader.CountsAsync(actor, ct)), scope: MayRead);

    /// <summary>Reads one conversation.</summary>
    [HttpGet("{id:guid}")]
    [ProducesResponseType<Answer<ConversationJson>>(StatusCodes.Status200OK)]
    public Task<IActionResult> Find(Guid id, CancellationToken ct) => RunAsync(actor => reader.FindAsync(actor, id, ct), ConversationJson.Of, scope: MayRead);

    /// <summary>Changes state, person, priority, labels or snooze of a conversation.</summary>
    [HttpPatch("{id:guid}")]
    [ProducesResponseType<Answer<ConversationJson>>(StatusCodes.Status200OK)]
    public Task<IActionResult> Change(Guid id, ConversationChange change, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(change);
        return RunAsync(
            async actor => (await conversations.PatchAsync(actor, id, change.ToPatch(), ct)).Succeeded(out _, out var refusal)
                ? await reader.FindAsync(actor, id, ct)
                : refusal,
            ConversationJson.Of,
            scope: MayWrite);
    }

    /// <summary>Makes the same change to 1 to 200 conversations and says what became of each.</summary>
    [HttpPost("bulk")]
    [ProducesResponseType<Answer<IReadOnlyList<BulkOutcome>>>(StatusCodes.Status200OK)]
    public Task<IActionResult> ChangeMany(BulkChange change, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(change);
        return RunAsync(
            actor => conversations.PatchManyAsync(actor, change.Ids, change.Patch.ToPatch(), ct),
            outcome => outcome.Select(o => new BulkOutcome(o.Key, o.Value is null, o.Value)),
            scope: MayWrite);
    }

    /// <summary>Moves the caller's read pointer, or makes the conversation unread again.</summary>
    [HttpPost("{id:guid}/read")]
    [ProducesResponseType<Answer<ReadState>>(StatusCodes.Status200OK)]
    public Task<IActionResult> Read(Guid id, [FromBody(EmptyBodyBehavior = EmptyBodyBehavior.Allow)] ReadMark? mark, CancellationToken ct) =>
        RunAsync(actor => reading.ReadAsync(actor, id, mark?.Seq, mark?.Unread == true, ct), seq => new ReadState(seq), scope: MayRead);

    /// <summary>Tells the team and the customer that the caller is writing; repeat it while writing, it holds for 6 s.</summary>
    [HttpPost("{id:guid}/typing")]
    [ProducesResponseType<Acknowledged>(StatusCodes.Status200OK)]
    public Task<IActionResult> Typing(Guid id, [FromBody(EmptyBodyBehavior = EmptyBodyBehavior.Allow)] TypingSign? sign, CancellationToken ct) =>
        RunAsync(actor => reading.TypingAsync(actor, id, sign?.Note == true, sign?.Stopped == true, ct), scope: MayWrite);

    /// <summary>Reads the caller's drafts of a conversation.</summary>
    [HttpGet("{id:guid}/draft")]
    [ProducesResponseType<Answer<IReadOnlyList<DraftJson>>>(StatusCodes.Status200OK)]
    public Task<IActionResult> Drafts(Guid id, CancellationToken ct) =>
        RunAsync(actor => reading.DraftsAsync(actor, id, ct), drafts => drafts.Select(d => new DraftJson(d.Mode, d.Text, d.UpdatedAt)), scope: MayRead);

    /// <summary>Keeps what the caller has written and not sent; an empty text removes it.</summary>
    [HttpPut("{id:guid}/draft")]
    [ProducesResponseType<Acknowledged>(StatusCodes.Status200OK)]
    public Task<IActionResult> SaveDraft(Guid id, DraftJson draft, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(draft);
        return RunAsync(actor => reading.SaveDraftAsync(actor, id, draft.Mode, draft.Text, draft.WrittenAt, ct), scope: MayWrite);
    }

    /// <summary>Lists what happened to a conversation and every try to send, newest first.</summary>
    [HttpGet("{id:guid}/timeline")]
    [ProducesResponseType<ListAnswer<TimelineEvent>>(StatusCodes.Status200OK)]
    public Task<IActionResult> Timeline(Guid id, string? cursor, int? limit, CancellationToken ct) =>
        RunAsync(actor => timelines.ListAsync(actor, id, cursor, Cursor.Limit(limit), ct), scope: MayRead);

    private static Result<Page<ConversationJson>> Shape(Result<Page<ConversationItem>> page) =>
        page.Succeeded(out var rows, out var refusal) ? rows.Select(ConversationJson.Of) : refusal;
}
