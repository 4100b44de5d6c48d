using System.ComponentModel.DataAnnotations;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Mvc;
using Omni.Core.Common;
using Omni.Core.Contacts;
using Omni.Core.Identity;
using Omni.Web.Shared.Api;

namespace Omni.Web.Contacts;

/// <summary>Contacts: lists, changes, merging, erasing.</summary>
[Route("api/v1/contacts"), Tags("contacts")]
public sealed class ContactsController(IContactReader reader, ContactService contacts, ContactMergeService merges, ContactErasure erasure, ContactImport import) : OmniController
{
    private const string MayRead = "contacts:read";
    private const string MayWrite = "contacts:write";

    /// <summary>Lists contacts, the newest first.</summary>
    /// <param name="q">Part of the name, or an id on a channel.</param>
    /// <param name="label">Only with this label.</param>
    /// <param name="cursor">A nextCursor of this list.</param>
    /// <param name="limit">Rows of a page, 1–200; 50 when missing.</param>
    /// <param name="ct">Stops waiting.</param>
    [HttpGet]
    [ProducesResponseType<ListAnswer<ContactView>>(StatusCodes.Status200OK)]
    public Task<IActionResult> List(string? q, Guid? label, string? cursor, int? limit, CancellationToken ct) => RunAsync(
        actor => q?.Length > 200
            ? Task.FromResult<Result<Page<ContactView>>>(new Refusal.Invalid("q", "Search for at most 200 characters."))
            : reader.ListAsync(actor, new ContactQuery(q, label, string.IsNullOrEmpty(cursor) ? null : cursor, Cursor.Limit(limit)), ct),
        scope: MayRead);

    /// <summary>Makes a contact.</summary>
    [HttpPost, Idempotent]
    [ProducesResponseType<Answer<ContactView>>(StatusCodes.Status201Created)]
    public Task<IActionResult> Create(NewContact contact, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(contact);
        return RunAsync(
            async actor => (await contacts.CreateAsync(actor, new ContactPatch(contact.Name, contact.Attributes, contact.Labels), ct)).Succeeded(out var id, out var refusal)
                ? await reader.FindAsync(actor, id, ct)
                : refusal,
            status: StatusCodes.Status201Created,
            scope: MayWrite);
    }

    /// <summary>Reads one contact; a merged one names the contact it went into.</summary>
    [HttpGet("{id:guid}")]
    [ProducesResponseType<Answer<ContactView>>(StatusCodes.Status200OK)]
    public Task<IActionResult> Find(Guid id, CancellationToken ct) => RunAsync(actor => reader.FindAsync(actor, id, ct), scope: MayRead);

    /// <summary>Changes name, attributes (a null value removes one) or labels.</summary>
    [HttpPatch("{id:guid}")]
    [ProducesResponseType<Answer<ContactView>>(StatusCodes.Status200OK)]
    public Task<IActionResult> Change(Guid id, ContactChange change, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(change);
        return RunAsync(actor => ThenFindAsync(actor, id, contacts.PatchAsync(actor, id, new ContactPatch(change.Name, change.Attributes, change.Labels), ct), ct), scope: MayWrite);
    }

    /// <summary>Erases a contact: every word, file and id. Conversations stay as empty shells. Calling it again finishes an erasure that was cut off.</summary>
    [HttpDelete("{id:guid}")]
    [ProducesResponseType<Acknowledged>(StatusCodes.Status200OK)]
    public Task<IActionResult> Erase(Guid id, CancellationToken ct) => RunAsync(actor => erasure.EraseAsync(actor, id, ct), scope: MayWrite);

    /// <summary>Blocks a contact.</summary>
    [HttpPost("{id:guid}/block")]
    [ProducesResponseType<Answer<ContactView>>(StatusCodes.Status200OK)]
    public Task<IActionResult> Block(Guid id, CancellationToken ct) =>
        RunAsync(actor => ThenFindAsync(actor, id, contacts.BlockAsync(actor, id, blocked: true, ct), ct), scope: MayWrite);

    /// <summary>Takes the block from a contact.</summary>
    [HttpDelete("{id:guid}/block")]
    [ProducesResponseType<Answer<ContactView>>(StatusCodes.Status200OK)]
    public Task<IActionResult> Unblock(Guid id, CancellationToken ct) =>
        RunAsync(actor => ThenFindAsync(actor, id, contacts.BlockAsync(actor, id, blocked: false, ct), ct), scope: MayWrite);

    /// <summary>Merges another contact into this one; 409 while both have an open conversation on the same channel.</summary>
    [HttpPost("{id:guid}/merge"), Idempotent]
    [ProducesResponseType<Answer<MergeJson>>(StatusCodes.Status200OK)]
    public Task<IActionResult> Merge(Guid id, MergeRequest request, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(request);
        return RunAsync(
            async actor => (await merges.MergeAsync(actor, id, request.OtherId, ct)).Succeeded(out var merge, out var refusal)
                ? (await reader.FindAsync(actor, id, ct)).Succeeded(out var contact, out var gone) ? new MergeJson(merge, contact) : gone
                : (Result<MergeJson>)refusal,
            scope: MayWrite);
    }

    /// <summary>Undoes a merge: what was moved goes back.</summary>
    [HttpPost("merges/{id:guid}/undo")]
    [ProducesResponseType<Acknowledged>(StatusCodes.Status200OK)]
    public Task<IActionResult> UndoMerge(Guid id, CancellationToken ct) => RunAsync(actor => merges.UndoAsync(actor, id, ct), scope: MayWrite);

    /// <summary>Imports contacts from text/csv: the first line names the columns (name, labels, channelId, externalId; others become attributes).</summary>
    [HttpPost("import"), RequestSizeLimit(10 << 20), Idempotent]
    [Consumes("text/csv")]
    [ProducesResponseType<Answer<ImportReport>>(StatusCodes.Status200OK)]
    public Task<IActionResult> Import(CancellationToken ct) => RunAsync(
        async actor =>
        {
            using var body = new StreamReader(Request.Body, new UTF8Encoding(false, throwOnInvalidBytes: true));
            try
            {
                return await import.ImportAsync(actor, await body.ReadToEndAsync(ct), ct);
            }
            catch (DecoderFallbackException)
            {
                return new Refusal.Invalid("body", "The text must be UTF-8.");
            }
        },
        scope: MayWrite);

    private async Task<Result<ContactView>> ThenFindAsync(Actor actor, Guid id, Task<Result<Done>> change, CancellationToken ct) =>
        (await change).Succeeded(out _, out var refusal) ? await reader.FindAsync(actor, id, ct) : refusal;
}

/// <summary>A contact to make.</summary>
/// <param name="Name">Name, 1–300 characters.</param>
/// <param name="Attributes">The team's own fields.</param>
/// <param name="Labels">Ids of labels.</param>
/// <param name="ClientId">The caller's own id: a repeat answers the first result.</param>
public sealed record NewContact([Required] string Name, JsonObject? Attributes = null, IReadOnlyList<Guid>? Labels = null, Guid? ClientId = null);

/// <summary>Changes to a contact; what is missing stays.</summary>
/// <param name="Name">New name.</param>
/// <param name="Attributes">Fields to set; a null value removes one.</param>
/// <param name="Labels">Ids of all labels it shall have.</param>
public sealed record ContactChange(string? Name = null, JsonObject? Attributes = null, IReadOnlyList<Guid>? Labels = null);

/// <summary>Which contact to merge into another.</summary>
/// <param name="OtherId">The contact that goes.</param>
public sealed record MergeRequest(Guid OtherId);

/// <summary>A merge.</summary>
/// <param name="MergeId">With it the merge can be undone.</param>
/// <param name="Contact">The contact that stayed.</param>
public sealed record MergeJson(Guid MergeId, ContactView Contact);
