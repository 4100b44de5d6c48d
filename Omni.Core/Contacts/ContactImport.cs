using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Omni.Core.Common;
using Omni.Core.Events;
using Omni.Core.Identity;
using Omni.Core.Inbox;
using Omni.Core.Operations;
using Omni.Core.Tenancy;

namespace Omni.Core.Contacts;

/// <summary>
/// Imports contacts from comma-separated values. Columns: <c>name</c>; <c>labels</c> (names of labels with semicolons); <c>channelId</c>
/// and <c>externalId</c>, by which a contact that is already here is found and changed instead; every other column is an attribute.
/// </summary>
public sealed class ContactImport(IOmniDbFactory dbs, TimeProvider clock)
{
    /// <summary>Lines of one import at most.</summary>
    public const int MostLines = 20_000;

    private const int ChunkSize = 500;

    private static readonly string[] Own = ["name", "labels", "channelid", "externalid"];

    /// <summary>Imports all lines that can be; each line is told what became of it.</summary>
    public async Task<Result<ImportReport>> ImportAsync(Actor actor, string csv, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(actor);
        ArgumentNullException.ThrowIfNull(csv);
        if (!actor.Is(MemberRole.Admin))
        {
            return new Refusal.Forbidden();
        }

        var records = Csv.Read(csv).Take(MostLines + 2).ToList();
        if (records.Count == 0 || !records[0].Fields.Any(f => Key(f) == "name"))
        {
            return new Refusal.Invalid("body", "The first line must name the columns, one of them name.");
        }

        if (records.Count > MostLines + 1)
        {
            return new Refusal.Invalid("body", $"One import has at most {MostLines} lines.");
        }

        var columns = records[0].Fields;
        var lines = new List<ImportLine>();
        foreach (var chunk in records.Skip(1).Chunk(ChunkSize))
        {
            lines.AddRange(await ImportAsync(actor, columns, chunk, ct));
        }

        return new ImportReport(lines.Count(l => l.Outcome == "created"), lines.Count(l => l.Outcome == "changed"), lines.Count(l => l.Outcome == "failed"), lines);
    }

    private async Task<List<ImportLine>> ImportAsync(Actor actor, IReadOnlyList<string> columns, (int Line, IReadOnlyList<string> Fields)[] chunk, CancellationToken ct)
    {
        await using var db = await dbs.OpenAsync(actor.OrganizationId, ct);
        var labels = await db.Set<Label>().ToDictionaryAsync(l => l.NameKey, l => l.Id, ct);
        var channels = await db.Channels.Where(c => c.DeletedAt == null).Select(c => c.Id).ToHashSetAsync(ct);
        var rows = chunk.Select(record => ImportRow.Read(columns, record.Line, record.Fields, Own, labels, channels)).ToList();
        var externalIds = rows.Where(r => r.ExternalId is not null).Select(r => r.ExternalId!).Distinct().ToList();
        var identities = await db.ContactIdentities.Where(i => externalIds.Contains(i.ExternalId)).ToListAsync(ct);
        var knownIds = identities.ConvertAll(i => i.ContactId);
        var contacts = await db.Contacts.Where(c => knownIds.Contains(c.Id)).ToDictionaryAsync(c => c.Id, ct);
        var owned = await db.Set<ContactLabel>().Where(l => knownIds.Contains(l.ContactId)).Select(l => new { l.ContactId, l.LabelId }).ToListAsync(ct);
        var labelled = owned.Select(l => (l.ContactId, l.LabelId)).ToHashSet();
        var now = clock.GetUtcNow();
        var outcome = new List<ImportLine>();
        foreach (var row in rows)
        {
            if (row.Problem is not null)
            {
                outcome.Add(new ImportLine(row.Line, "failed", null, row.Problem));
                continue;
            }

            var identity = identities.Find(i => i.ChannelId == row.ChannelId && i.ExternalId == row.ExternalId);
            var known = identity is not null;
            var contact = known ? contacts[identity!.ContactId] : db.Contacts.Add(new Contact(actor.OrganizationId, row.Name, now) { NameIsOurs = true }).Entity;
            (contact.Name, contact.NameIsOurs) = (row.Name, true);
            contact.Attributes = row.Over(contact.Attributes);
            contacts[contact.Id] = contact;
            if (!known && row.ChannelId is { } channel)
            {
                identities.Add(db.ContactIdentities.Add(new ContactIdentity(actor.OrganizationId, contact.Id, channel, row.ExternalId!) { Primary = true }).Entity);
            }

            db.Set<ContactLabel>().AddRange(row.Labels.Where(l => labelled.Add((contact.Id, l))).Select(l => new ContactLabel(actor.OrganizationId, l, contact.Id)));
            db.Raise(ContactService.Event(contact, known ? EventNames.ContactUpdated : EventNames.ContactCreated, now));
            outcome.Add(new ImportLine(row.Line, known ? "changed" : "created", contact.Id, null));
        }

        db.Record(actor, "contact.imported", null, now, new { lines = outcome.Count });
        try
        {
            await db.CommitAsync(ct);
        }
        catch (DbUpdateException failure) when (failure.IsDuplicate())
        {
            // Somebody wrote to us for the first time in this very moment; the next import finds them.
            return [.. outcome.Select(l => l with { Outcome = "failed", Id = null, Message = "Somebody else made one of these contacts meanwhile. Import these lines again." })];
        }

        return outcome;
    }

    private static string Key(string column) => column.Trim().ToLowerInvariant();

    /// <summary>A line as it was understood.</summary>
    private sealed record ImportRow(int Line, string Name, Guid? ChannelId, string? ExternalId, IReadOnlyList<Guid> Labels, JsonObject Attributes, string? Problem)
    {
        internal static ImportRow Read(
            IReadOnlyList<string> columns, int line, IReadOnlyList<string> fields, string[] own, Dictionary<string, Guid> labels, HashSet<Guid> channels)
        {
            string? Of(string name) => columns.Select((c, i) => (Key: Key(c), Index: i)).Where(c => c.Key == name && c.Index < fields.Count)
                .Select(c => fields[c.Index].Trim()).FirstOrDefault(v => v.Length > 0);

            ImportRow Failed(string problem) => new(line, "", null, null, [], [], problem);

            var (name, externalId) = (Of("name"), Of("externalid"));
            if (fields.Count > columns.Count)
            {
                return Failed($"The line has {fields.Count} fields, but there are {columns.Count} columns.");
            }

            if (name is null || name.Length > ContactService.MaxNameLength || fields.Any(f => f.Contains('\0', StringComparison.Ordinal)))
            {
                return Failed($"A name of 1 to {ContactService.MaxNameLength} characters is needed, and no NUL characters.");
            }

            Guid? channel = Guid.TryParse(Of("channelid"), out var id) && channels.Contains(id) ? id : null;
            if ((externalId is null) != (channel is null) || (Of("channelid") is not null && channel is null))
            {
                return Failed("channelId and externalId belong together, and channelId must be the id of a channel.");
            }

            var words = (Of("labels") ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(w => w.ToLowerInvariant()).Distinct().ToList();
            if (words.Find(w => !labels.ContainsKey(w)) is { } unknown)
            {
                return Failed($"There is no label {unknown}.");
            }

            var attributes = new JsonObject();
            for (var i = 0; i < Math.Min(columns.Count, fields.Count); i++)
            {
                if (!own.Contains(Key(columns[i])) && columns[i].Trim().Length > 0 && fields[i].Trim().Length > 0)
                {
                    attributes[columns[i].Trim()] = fields[i].Trim();
                }
            }

            return attributes.ToJsonString().Length > ContactService.MaxAttributesLength
                ? Failed($"All attributes together have at most {ContactService.MaxAttributesLength} characters.")
                : new ImportRow(line, name, channel, externalId, words.ConvertAll(w => labels[w]), attributes, null);
        }

        internal string Over(string present)
        {
            var all = (JsonObject)JsonNode.Parse(present)!;
            foreach (var (key, value) in Attributes)
            {
                all[key] = value!.DeepClone();
            }

            return all.ToJsonString();
        }
    }
}

/// <summary>What became of an import.</summary>
/// <param name="Created">New contacts.</param>
/// <param name="Changed">Contacts that were here already.</param>
/// <param name="Failed">Lines left out.</param>
/// <param name="Lines">What became of each line.</param>
public sealed record ImportReport(int Created, int Changed, int Failed, IReadOnlyList<ImportLine> Lines);

/// <summary>What became of one line.</summary>
/// <param name="Line">Its number in the file, from 1; the names of columns are line 1.</param>
/// <param name="Outcome">created, changed or failed.</param>
/// <param name="Id">The contact.</param>
/// <param name="Message">Why it was left out.</param>
public sealed record ImportLine(int Line, string Outcome, Guid? Id, string? Message);
