using Omni.Core.Identity;
using Omni.Core.Inbox;
using Omni.Tests.Support;

namespace Omni.Tests.Inbox;

/// <summary>Searching messages, which looks at the newest weeks first.</summary>
[Trait("Category", "Database")]
public sealed class MessageSearchTests(DatabaseFixture database) : IClassFixture<DatabaseFixture>
{
    [Fact]
    public async Task Pages_go_back_in_time_over_all_weeks_without_a_gap_or_a_repeat()
    {
        await using var rig = await SpineServices.StartAsync(database.ConnectionString);
        var (ann, bo) = (await rig.GivenOwnerAsync(), await rig.GivenOwnerAsync("Gipfel"));
        await FillAsync(rig, ann, Deliveries.Number);
        await FillAsync(rig, bo, "700999");

        var (seen, cursor) = (new List<MessageView>(), (string?)null);
        do
        {
            var page = (await rig.Get<IInboxReader>().SearchAsync(ann, "tent", cursor, 40, default)).Value;
            Assert.True(page.NextCursor is null || page.Rows.Count == 40);
            seen.AddRange(page.Rows);
            cursor = page.NextCursor;
        }
        while (cursor is not null);

        // One every twelve hours, for 150 days; the last is a little ahead of the clock.
        Assert.Equal(Enumerable.Range(0, 300).Select(i => $"tent {i}"), seen.Select(m => m.Text));
        Assert.Equal(["tent 299"], (await rig.Get<IInboxReader>().SearchAsync(ann, "\"tent 299\"", null, 40, default)).Value.Rows.Select(m => m.Text));
    }

    private static async Task FillAsync(SpineServices rig, Actor actor, string number)
    {
        var organization = actor.OrganizationId;
        var channel = await rig.GivenNumberAsync(actor, number);
        await rig.ExecuteAsync($"insert into contacts (organization_id, id, name, name_is_ours, attributes, blocked, created_at, version) select '{organization}', gen_random_uuid(), 'Leila', false, '{{}}', false, now(), 0");
        await rig.ExecuteAsync($"""
            insert into conversations (organization_id, id, channel_id, contact_id, thread_key, status, priority, last_seq, last_unread_seq, last_position, last_out_position, last_activity_at, last_message_preview, created_at, version)
            select organization_id, gen_random_uuid(), '{channel}', id, '', 'open', 'none', 300, 300, 0, 0, now(), 'words', now(), 1 from contacts where organization_id = '{organization}'
            """);
        await rig.ExecuteAsync($"""
            insert into messages (organization_id, id, conversation_id, channel_id, seq, position, direction, kind, type, text, source, external_id, status, received_at, created_at, error_retryable)
            select organization_id, gen_random_uuid(), id, channel_id, 300 - i, (extract(epoch from now()) * 1000)::bigint + 60000 - i * 43200000::bigint, 'in', 'message', 'text', 'tent ' || i, 'platform', 'm' || i, 'received', now(), now(), false
            from conversations, generate_series(0, 299) i where organization_id = '{organization}'
            """);
    }
}
