using System.Text;
using System.Text.Json;
using Npgsql;
using Omni.Core.Channels;
using Omni.Core.Common;
using Omni.Core.Contacts;
using Omni.Core.Identity;
using Omni.Core.Inbox;
using Omni.Infrastructure.Data;

namespace Omni.Infrastructure.Contacts;

/// <summary>Reads contacts by hand-written SQL, one batch each under the walled role.</summary>
internal sealed class ContactReader(NpgsqlDataSource source) : IContactReader
{
    private const int MostFound = 1_000;

    private const string Columns = """
        c.id, c.name, c.avatar_url, c.attributes, c.blocked, c.merged_into_id, c.last_seen_at, c.created_at,
        (select json_agg(json_build_array(i.channel_id, ch.kind, i.external_id, i.username) order by i.id) from contact_identities i
           join channels ch on ch.organization_id = i.organization_id and ch.id = i.channel_id
           where i.organization_id = c.organization_id and i.contact_id = c.id),
        (select json_agg(json_build_array(l.id, l.name, l.hue) order by l.name) from contact_labels cl
           join labels l on l.organization_id = cl.organization_id and l.id = cl.label_id
           where cl.organization_id = c.organization_id and cl.contact_id = c.id)
        """;

    public async Task<Result<Page<ContactView>>> ListAsync(Actor actor, ContactQuery query, CancellationToken ct)
    {
        var limit = Cursor.Limit(query.Limit);
        var (at, id) = (DateTimeOffset.MaxValue, Guid.AllBitsSet);
        if (query.Cursor is { } cursor && !Cursor.TryRead(cursor, out at, out id))
        {
            return new Refusal.Invalid("cursor", "It must be a nextCursor of this list.");
        }

        var command = new NpgsqlBatchCommand();
        string Add(object value)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
            return $"${command.Parameters.Count}";
        }

        var organization = Add(actor.OrganizationId);
        var where = new StringBuilder($"c.organization_id = {organization} and c.merged_into_id is null and c.erased_at is null");
        if (query.Cursor is not null)
        {
            where.Append($" and (c.created_at, c.id) < ({Add(at)}, {Add(id)})");
        }

        if (query.LabelId is { } label)
        {
            where.Append($" and exists (select 1 from contact_labels cl where cl.organization_id = {organization} and cl.label_id = {Add(label)} and cl.contact_id = c.id)");
        }

        if (query.Search?.Replace("\0", "", StringComparison.Ordinal).Trim() is { Length: > 0 } part)
        {
            var words = Add(part);
            where.Append($"""
                 and c.id in (select f.id from omni_search_contacts({words}, {MostFound}) f union all
                   select i.contact_id from channels ch join contact_identities i on i.organization_id = ch.organization_id and i.channel_id = ch.id and i.external_id = {words}
                   where ch.organization_id = {organization})
                """);
        }

        command.CommandText = $"""
            select {Columns} from (select c.* from contacts c where {where} order by c.created_at desc, c.id desc limit {Add(limit + 1)}) c
            order by c.created_at desc, c.id desc
            """;
        var rows = await ReadAsync(actor, command, ct);
        var next = rows.Count > limit ? Cursor.Write(rows[limit - 1].CreatedAt, rows[limit - 1].Id) : null;
        return new Page<ContactView>(rows.Count > limit ? rows[..limit] : rows, next, limit);
    }

    public async Task<Result<ContactView>> FindAsync(Actor actor, Guid id, CancellationToken ct)
    {
        var command = new NpgsqlBatchCommand($"select {Columns} from contacts c where c.organization_id = $1 and c.id = $2 and c.erased_at is null")
        {
            Parameters = { new() { Value = actor.OrganizationId }, new() { Value = id } },
        };
        return await ReadAsync(actor, command, ct) is [var contact] ? contact : new Refusal.NotFound("The contact");
    }

    private async Task<List<ContactView>> ReadAsync(Actor actor, NpgsqlBatchCommand command, CancellationToken ct)
    {
        await using var batch = source.CreateBatch();
        batch.BatchCommands.Add(Walls.As(actor.OrganizationId));
        batch.BatchCommands.Add(command);
        var rows = new List<ContactView>();
        await using var reader = await batch.ExecuteReaderAsync(ct);
        await reader.NextResultAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            rows.Add(new ContactView(
                reader.GetGuid(0),
                reader.GetString(1),
                reader.Text(2),
                JsonElement.Parse(reader.GetString(3)),
                [.. Elements(reader.Text(9)).Select(l => new LabelView(l[0].GetGuid(), l[1].GetString()!, l[2].GetInt32()))],
                reader.GetBoolean(4),
                reader.Id(5),
                [.. Elements(reader.Text(8)).Select(i => new ContactIdentityView(i[0].GetGuid(), Names.Parse<ChannelKind>(i[1].GetString()!), i[2].GetString()!, i[3].GetString()))],
                reader.Time(6),
                reader.GetFieldValue<DateTimeOffset>(7)));
        }

        return rows;
    }

    private static JsonElement.ArrayEnumerator Elements(string? json) => JsonElement.Parse(json ?? "[]").EnumerateArray();
}
