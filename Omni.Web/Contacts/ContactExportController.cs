using System.Net.Mime;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Mvc;
using Omni.Core.Common;
using Omni.Core.Contacts;
using Omni.Core.Identity;
using Omni.Core.Inbox;
using Omni.Core.Operations;
using Omni.Core.Tenancy;
using Omni.Web.Inbox;
using Omni.Web.Shared.Api;

namespace Omni.Web.Contacts;

/// <summary>Contacts as files, written while they are read.</summary>
[Route("api/v1/contacts"), Tags("contacts")]
public sealed class ContactExportController(IContactReader contacts, IInboxReader inbox, IOmniDbFactory dbs, TimeProvider clock) : OmniController
{
    private const string MayRead = "contacts:read";

    /// <summary>Exports all contacts as text/csv. Fields that a spreadsheet would take for a formula begin with an apostrophe.</summary>
    /// <param name="q">Part of the name, or an id on a channel.</param>
    /// <param name="label">Only with this label.</param>
    /// <param name="ct">Stops.</param>
    [HttpGet("export")]
    [ProducesResponseType<string>(StatusCodes.Status200OK, "text/csv")]
    public Task<IActionResult> Csv(string? q, Guid? label, CancellationToken ct) => ExportAsync(
        async actor =>
        {
            await RecordAsync(actor, "contacts", ct);
            return (Result<Done>)default(Done);
        },
        async actor =>
        {
            Begin("text/csv; charset=utf-8", "contacts.csv");
            await Response.WriteAsync(Core.Contacts.Csv.Write("id", "name", "labels", "blocked", "identities", "attributes", "lastSeenAt", "createdAt"), ct);
            string? cursor = null;
            do
            {
                var page = (await contacts.ListAsync(actor, new ContactQuery(q, label, cursor, Cursor.MaxLimit), ct)).Value;
                var text = new StringBuilder();
                foreach (var c in page.Rows)
                {
                    text.Append(Core.Contacts.Csv.Write(
                        c.Id.ToString(), c.Name, string.Join(';', c.Labels.Select(l => l.Name)), c.Blocked ? "true" : "false",
                        string.Join(';', c.Identities.Select(i => $"{Names.Of(i.Kind)}:{i.ExternalId}")), c.Attributes.GetRawText(), $"{c.LastSeenAt:O}", $"{c.CreatedAt:O}"));
                }

                await Response.WriteAsync(text.ToString(), ct);
                cursor = page.NextCursor;
            }
            while (cursor is not null);
        });

    /// <summary>Exports everything known about one contact as JSON: fields, ids, conversations and messages.</summary>
    [HttpGet("{id:guid}/export")]
    [ProducesResponseType<string>(StatusCodes.Status200OK, MediaTypeNames.Application.Json)]
    public Task<IActionResult> Json(Guid id, CancellationToken ct)
    {
        ContactView contact = null!;
        return ExportAsync(
            async actor =>
            {
                if (!(await contacts.FindAsync(actor, id, ct)).Succeeded(out var found, out var refusal))
                {
                    return refusal;
                }

                contact = found;
                await RecordAsync(actor, $"contact:{id}", ct);
                return default(Done);
            },
            async actor =>
            {
                Begin("application/json; charset=utf-8", $"contact-{id}.json");
                await using var json = new Utf8JsonWriter(Response.BodyWriter.AsStream(), new JsonWriterOptions { Indented = true });
                json.WriteStartObject();
                json.WritePropertyName("contact");
                JsonSerializer.Serialize(json, contact, OmniJson.Options);
                json.WriteStartArray("conversations");
                await WriteConversationsAsync(actor, id, json, ct);
                json.WriteEndArray();
                json.WriteEndObject();
                await json.FlushAsync(ct);
            });
    }

    private async Task WriteConversationsAsync(Actor actor, Guid id, Utf8JsonWriter json, CancellationToken ct)
    {
        string? cursor = null;
        do
        {
            var query = new ConversationQuery { Statuses = Enum.GetValues<ConversationStatus>(), ContactId = id, Cursor = cursor, Limit = Cursor.MaxLimit };
            var page = (await inbox.ListAsync(actor, query, ct)).Value;
            foreach (var item in page.Rows)
            {
                json.WriteStartObject();
                json.WritePropertyName("conversation");
                JsonSerializer.Serialize(json, ConversationJson.Of(item), OmniJson.Options);
                json.WriteStartArray("messages");
                await WriteMessagesAsync(actor, item.Row.Id, json, ct);
                json.WriteEndArray();
                json.WriteEndObject();
            }

            cursor = page.NextCursor;
        }
        while (cursor is not null);
    }

    private async Task WriteMessagesAsync(Actor actor, Guid conversation, Utf8JsonWriter json, CancellationToken ct)
    {
        string? before = null;
        do
        {
            var page = (await inbox.MessagesAsync(actor, conversation, before, null, Cursor.MaxLimit, ct)).Value;
            foreach (var message in page.Rows)
            {
                JsonSerializer.Serialize(json, MessageJson.Of(message), OmniJson.Options);
            }

            await json.FlushAsync(ct);
            before = page.NextCursor;
        }
        while (before is not null);
    }

    /// <summary>Checks and records first, and only then begins to write: afterwards nothing can be refused any more.</summary>
    private async Task<IActionResult> ExportAsync(Func<Actor, Task<Result<Done>>> check, Func<Actor, Task> write)
    {
        Actor? allowed = null;
        var answer = await RunAsync(
            async actor =>
            {
                if (!actor.Is(MemberRole.Admin))
                {
                    return new Refusal.Forbidden();
                }

                var result = await check(actor);
                allowed = result.Refusal is null ? actor : null;
                return result;
            },
            scope: MayRead);
        if (allowed is null)
        {
            return answer;
        }

        EndWithSession(allowed);
        await write(allowed);
        return new EmptyResult();
    }

    private void Begin(string contentType, string fileName)
    {
        Response.ContentType = contentType;
        Response.Headers.ContentDisposition = $"attachment; filename=\"{fileName}\"";
        Response.Headers.XContentTypeOptions = "nosniff";
        Response.Headers.CacheControl = "no-store";
    }

    private async Task RecordAsync(Actor actor, string target, CancellationToken ct)
    {
        await using var db = await dbs.OpenAsync(actor.OrganizationId, ct);
        db.Record(actor, "contact.exported", target, clock.GetUtcNow());
        await db.CommitAsync(ct);
    }
}
