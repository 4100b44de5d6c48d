using Npgsql;
using Omni.Core.Common;
using Omni.Core.Events;
using Omni.Infrastructure.Events;
using Omni.Tests.Support;

namespace Omni.Tests.Events;

public sealed class SharedEventFeedTests(DatabaseFixture database) : IClassFixture<DatabaseFixture>, IAsyncDisposable
{
    private readonly NpgsqlDataSource _source = NpgsqlDataSource.Create(database.ConnectionString);
    private readonly Guid _organization = OmniId.New();

    public ValueTask DisposeAsync() => _source.DisposeAsync();

    [Fact]
    public async Task A_hundred_listeners_read_the_same_news_in_a_few_readings()
    {
        var counted = new Counted(new EventFeedReader(_source, TimeProvider.System));
        var feed = new SharedEventFeed(counted, TimeProvider.System);
        var place = await feed.GetEndAsync(default);
        await feed.ReadAsync(_organization, place, 200, default);
        var expected = await CommitAsync(5);
        var before = counted.Readings;

        var pages = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => feed.ReadAsync(_organization, place, 200, default)));

        Assert.All(pages, page => Assert.Equal(expected, page.Events.Select(e => e.Event.Id)));
        Assert.InRange(counted.Readings - before, 1, 3);
    }

    [Fact]
    public async Task Whoever_is_asked_after_a_commit_shows_it_also_beside_a_reading_that_began_before()
    {
        var feed = new SharedEventFeed(new EventFeedReader(_source, TimeProvider.System), TimeProvider.System);
        var place = await feed.GetEndAsync(default);
        for (var i = 0; i < 50; i++)
        {
            var running = feed.ReadAsync(_organization, place, 200, default);
            var made = await CommitAsync(1);
            var page = await feed.ReadAsync(_organization, place, 200, default);
            await running;
            Assert.Equal(made, page.Events.Select(e => e.Event.Id));
            place = page.Cursor;
        }
    }

    [Fact]
    public async Task Pages_follow_each_other_without_gap_or_repeat_from_far_behind_to_the_end()
    {
        var feed = new SharedEventFeed(new EventFeedReader(_source, TimeProvider.System), TimeProvider.System);
        var place = await feed.GetEndAsync(default);
        var expected = await CommitAsync(SharedEventFeed.Kept + 300);
        await feed.ReadAsync(_organization, await feed.GetEndAsync(default), 200, default); // somebody listens at the end
        expected.AddRange(await CommitAsync(SharedEventFeed.Kept + 100));

        var seen = new List<Guid>();
        FeedPage page;
        do
        {
            page = await feed.ReadAsync(_organization, place, 190, default);
            seen.AddRange(page.Events.Select(e => e.Event.Id));
            place = page.Cursor;
        }
        while (page.Events.Count > 0);

        Assert.Equal(expected, seen);
    }

    [Theory, InlineData("nonsense"), InlineData("")]
    public async Task A_place_that_is_none_begins_anew(string place)
    {
        var feed = new SharedEventFeed(new EventFeedReader(_source, TimeProvider.System), TimeProvider.System);
        Assert.True((await feed.ReadAsync(_organization, place, 10, default)).Reset);
    }

    /// <summary>Commits events one by one; their ids in order.</summary>
    private async Task<List<Guid>> CommitAsync(int count)
    {
        var ids = new List<Guid>();
        await using var connection = await _source.OpenConnectionAsync();
        for (var i = 0; i < count; i++)
        {
            ids.Add(OmniId.New());
            await using var command = new NpgsqlCommand(
                "insert into change_events (id, organization_id, subject, name, data, at) values ($1, $2, 'organization', 'conversation.updated', '{}', now())", connection)
            {
                Parameters = { new() { Value = ids[^1] }, new() { Value = _organization } },
            };
            await command.ExecuteNonQueryAsync();
        }

        return ids;
    }

    /// <summary>Counts readings of the real feed.</summary>
    private sealed class Counted(IEventFeed feed) : IEventFeed
    {
        private int _readings;

        internal int Readings => Volatile.Read(ref _readings);

        public Task<string> GetEndAsync(CancellationToken ct) => feed.GetEndAsync(ct);

        public Task<FeedPage> ReadAsync(Guid organizationId, string cursor, int limit, CancellationToken ct)
        {
            Interlocked.Increment(ref _readings);
            return feed.ReadAsync(organizationId, cursor, limit, ct);
        }
    }
}
