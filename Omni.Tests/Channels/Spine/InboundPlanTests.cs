using System.Globalization;
using Microsoft.Extensions.Hosting;
using Npgsql;
using Omni.Core.Identity;
using Omni.Infrastructure.Data;
using Omni.Tests.Support;
using static Omni.Tests.Support.Deliveries;

namespace Omni.Tests.Channels.Spine;

/// <summary>Plans that were made while the tables were empty do not read them whole when they are not.</summary>
[Trait("Category", "Database")]
public sealed class InboundPlanTests : IAsyncLifetime
{
    private const int People = 8_000;

    private readonly DatabaseFixture _database = new();
    private SpineServices _rig = null!;
    private Actor _ann = null!;

    public async Task InitializeAsync()
    {
        await _database.InitializeAsync();

        // Few connections, so that those that made the plans are used again.
        _rig = await SpineServices.StartAsync(new NpgsqlConnectionStringBuilder(_database.ConnectionString) { MaxPoolSize = 2 }.ConnectionString);
        _ann = await _rig.GivenOwnerAsync();
        await _rig.GivenNumberAsync(_ann, Number);
    }

    public async Task DisposeAsync()
    {
        await _rig.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task A_message_is_found_its_place_by_keys_however_much_the_tables_have_grown()
    {
        await ReceiveAsync("first", 3);
        await FillAsync();
        Assert.Contains("conversations", await Statistics().RefreshAsync(default));
        Assert.Empty(await Statistics().RefreshAsync(default));

        // The server counts a while after it has worked.
        await Eventually.HoldsAsync(async () => (await ReadAsync()).Messages == 3, "the first rows are counted");
        var before = await ReadAsync();
        await ReceiveAsync("second", 3);
        await Eventually.HoldsAsync(async () => (await ReadAsync()).Messages == 6, "the later rows are counted");

        Assert.InRange((await ReadAsync()).Rows - before.Rows, 1, 500);
    }

    private GrowthStatistics Statistics() => _rig.Get<IEnumerable<IHostedService>>().OfType<GrowthStatistics>().Single();

    private async Task ReceiveAsync(string prefix, int count)
    {
        for (var i = 0; i < count; i++)
        {
            await _rig.ReceiveAsync(Of(Text(prefix + i.ToString(CultureInfo.InvariantCulture), "Hei", from: "4791")));
        }
    }

    private async Task<(long Messages, long Rows)> ReadAsync()
    {
        var row = (await _rig.RowsAsync("""
            select max(n_tup_ins) filter (where relname = 'messages'), sum(coalesce(idx_tup_fetch, 0) + seq_tup_read)::bigint
            from pg_stat_user_tables where relname in ('contacts', 'contact_identities', 'conversations', 'messages')
            """))[0];
        return ((long)row[0]!, (long)row[1]!);
    }

    private Task FillAsync() => _rig.ExecuteAsync($"""
        with person as (
          insert into contacts (organization_id, id, name, name_is_ours, attributes, blocked, created_at, version)
          select '{_ann.OrganizationId}', gen_random_uuid(), 'Person ' || i, false, '{"{}"}', false, now(), 0 from generate_series(1, {People}) i returning organization_id, id),
        known as (
          insert into contact_identities (organization_id, id, contact_id, channel_id, external_id, "primary")
          select p.organization_id, gen_random_uuid(), p.id, c.id, p.id::text, true from person p, channels c returning organization_id, contact_id, channel_id)
        insert into conversations (organization_id, id, channel_id, contact_id, thread_key, status, priority, last_seq, last_unread_seq, last_position, last_out_position,
          last_activity_at, last_message_preview, created_at, version)
        select organization_id, gen_random_uuid(), channel_id, contact_id, '', 'open', 'none', 1, 1, 0, 0, now(), 'words', now(), 1 from known
        """);
}
