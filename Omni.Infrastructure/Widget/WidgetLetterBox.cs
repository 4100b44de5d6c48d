using Microsoft.Extensions.Options;
using Npgsql;
using Omni.Core.Channels;
using Omni.Core.Common;
using Omni.Core.Widget;
using Omni.Infrastructure.Data;

namespace Omni.Infrastructure.Widget;

/// <summary>Notes replies that have to be mailed when they do not reach the visitor's page.</summary>
internal sealed class WidgetLetterBox(NpgsqlDataSource source, IRouteLookup routes, IOptions<WidgetOptions> options, TimeProvider clock)
{
    /// <summary>Notes a reply, when the visitor who was there last left an e-mail address. Once per message.</summary>
    internal async Task NoteAsync(string siteKey, Guid messageId, IReadOnlyList<string> people, CancellationToken ct)
    {
        if (await routes.FindAsync(ChannelKind.Widget, siteKey, "", ct) is not { } route)
        {
            return;
        }

        await using var batch = source.CreateBatch();
        batch.BatchCommands.Add(Walls.As(route.OrganizationId));
        batch.BatchCommands.Add(new NpgsqlBatchCommand("""
            insert into widget_letters (organization_id, id, channel_id, visitor_id, message_id, email, due_at, attempts)
            select v.organization_id, $5, v.channel_id, v.id, $4, v.email, $6, 0 from widget_visitors v
            where v.organization_id = $1 and v.channel_id = $2 and v.external_id = any ($3) and v.email is not null
            order by v.last_seen_at desc limit 1
            on conflict do nothing
            """)
        {
            Parameters =
            {
                new() { Value = route.OrganizationId }, new() { Value = route.ChannelId }, new() { Value = people.ToArray() }, new() { Value = messageId }, new() { Value = OmniId.New() },
                new() { Value = clock.GetUtcNow() + options.Value.MailAfter },
            },
        });
        await batch.ExecuteNonQueryAsync(ct);
    }
}
