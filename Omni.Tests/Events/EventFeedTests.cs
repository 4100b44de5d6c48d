using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Omni.Core.Common;
using Omni.Core.Events;
using Omni.Core.Operations;
using Omni.Infrastructure.Events;
using Omni.Tests.Support;

namespace Omni.Tests.Events;

public sealed class EventFeedTests(DatabaseFixture database) : IClassFixture<DatabaseFixture>, IAsyncDisposable
{
    private readonly NpgsqlDataSource _source = NpgsqlDataSource.Create(database.ConnectionString);
    private readonly Guid _organization = OmniId.New();
    private readonly EventBus _bus = new(NullLogger<EventBus>.Instance);
    private readonly ConcurrentQueue<ChangeEvent> _heard = new();
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().AddSingleton<OmniMetrics>().BuildServiceProvider();

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        await _source.DisposeAsync();
    }

    [Fact]
    public async Task Another_nodes_event_is_announced_once_and_an_own_one_not_again()
    {
        using var feed = Feed();
        await feed.LookAsync(CancellationToken.None);
        using var subscription = _bus.Subscribe(_organization, ChangeEvent.Organization, Hear);
        var own = await CommitAsync(ChangeEvent.Organization);
        _bus.Publish([own]);
        var foreign = await CommitAsync(ChangeEvent.Conversation(OmniId.New()), new JsonObject { ["messageId"] = "m" });

        await feed.LookAsync(CancellationToken.None);
        await feed.LookAsync(CancellationToken.None);

        await Eventually.HoldsAsync(() => _heard.Any(e => e.Id == foreign.Id), "the other node's event is heard");
        Assert.Equal([own.Id, foreign.Id], _heard.Select(e => e.Id));
        Assert.Equal("m", (string?)_heard.Last().Data["messageId"]);
    }

    [Fact]
    public async Task What_was_committed_before_the_start_is_not_announced()
    {
        var old = await CommitAsync(ChangeEvent.Organization);
        using var subscription = _bus.Subscribe(_organization, ChangeEvent.Organization, Hear);
        using var feed = Feed();
        await feed.LookAsync(CancellationToken.None);
        var fresh = await CommitAsync(ChangeEvent.Organization);

        await feed.LookAsync(CancellationToken.None);

        await Eventually.HoldsAsync(() => !_heard.IsEmpty, "the new event is heard");
        Assert.Equal([fresh.Id], _heard.Select(e => e.Id));
        Assert.NotEqual(old.Id, fresh.Id);
    }

    [Fact]
    public async Task An_event_that_commits_late_is_not_skipped()
    {
        var reader = Reader();
        var start = await reader.GetEndAsync(CancellationToken.None);
        await using var slow = await _source.OpenConnectionAsync();
        await using var transaction = await slow.BeginTransactionAsync();
        var late = await InsertAsync(slow, ChangeEvent.Organization, null); // takes the lower transaction id
        var early = await CommitAsync(ChangeEvent.Organization);

        var meanwhile = await reader.ReadAsync(_organization, start, 100, CancellationToken.None);
        await transaction.CommitAsync();
        var after = await reader.ReadAsync(_organization, meanwhile.Cursor, 100, CancellationToken.None);

        Assert.Empty(meanwhile.Events);
        Assert.Equal([late.Id, early.Id], after.Events.Select(e => e.Event.Id));
    }

    [Fact]
    public async Task Going_on_from_any_cursor_misses_and_repeats_nothing()
    {
        var reader = Reader();
        var start = await reader.GetEndAsync(CancellationToken.None);
        var written = new List<Guid>();
        for (var i = 0; i < 7; i++)
        {
            written.Add((await CommitAsync(ChangeEvent.Organization)).Id);
        }

        var read = new List<FeedEvent>();
        for (var cursor = start; ;)
        {
            var page = await reader.ReadAsync(_organization, cursor, 3, CancellationToken.None);
            Assert.False(page.Reset);
            read.AddRange(page.Events);
            cursor = page.Cursor;
            if (page.Events.Count < 3)
            {
                break;
            }
        }

        Assert.Equal(written, read.Select(e => e.Event.Id));
        var middle = await reader.ReadAsync(_organization, read[3].Cursor, 100, CancellationToken.None);
        Assert.Equal(written[4..], middle.Events.Select(e => e.Event.Id));
    }

    [Fact]
    public async Task Another_organizations_events_are_not_in_the_feed()
    {
        var reader = Reader();
        var start = await reader.GetEndAsync(CancellationToken.None);
        await CommitAsync(ChangeEvent.Organization);

        var theirs = await reader.ReadAsync(OmniId.New(), start, 100, CancellationToken.None);
        var own = await reader.ReadAsync(_organization, start, 100, CancellationToken.None);

        Assert.Empty(theirs.Events);
        Assert.Single(own.Events);
    }

    [Fact]
    public async Task A_cursor_that_is_too_old_unreadable_or_of_another_database_is_a_reset()
    {
        var reader = Reader();
        var now = TimeProvider.System.GetUtcNow();
        string[] cursors =
        [
            new FeedCursor(1, FeedCursor.AfterTransaction, now - EventFeedReader.Kept).ToString(),
            "nonsense",
            new FeedCursor(1UL << 60, FeedCursor.AfterTransaction, now).ToString(),
        ];

        foreach (var cursor in cursors)
        {
            var page = await reader.ReadAsync(_organization, cursor, 10, CancellationToken.None);
            Assert.True(page.Reset);
            Assert.False((await reader.ReadAsync(_organization, page.Cursor, 10, CancellationToken.None)).Reset);
        }
    }

    [Fact]
    public async Task A_long_transaction_shows_as_lag()
    {
        await using var slow = await _source.OpenConnectionAsync();
        await using var transaction = await slow.BeginTransactionAsync();
        await InsertAsync(slow, ChangeEvent.Organization, null);
        await CommitAsync(ChangeEvent.Organization, at: TimeProvider.System.GetUtcNow() - TimeSpan.FromSeconds(10));

        var held = await Reader().SweepAsync(null, 10, (_, _) => false, CancellationToken.None);
        await transaction.RollbackAsync();
        var free = await Reader().SweepAsync(null, 10, (_, _) => false, CancellationToken.None);

        Assert.InRange(held.Lag.TotalSeconds, 9, 60);
        Assert.Equal(TimeSpan.Zero, free.Lag);
    }

    [Fact]
    public async Task Two_nodes_without_Redis_hear_each_other_by_the_feed_alone()
    {
        using var feed = Feed();
        await feed.LookAsync(CancellationToken.None); // from here on it has a place; what was before is not news
        await feed.StartAsync(CancellationToken.None);
        using var subscription = _bus.Subscribe(_organization, ChangeEvent.Organization, Hear);

        var change = await CommitAsync(ChangeEvent.Organization);

        await Eventually.HoldsAsync(() => _heard.Any(e => e.Id == change.Id), "the other node's event is heard");
        await feed.StopAsync(CancellationToken.None);
    }

    private EventFeedReader Reader() => new(_source, TimeProvider.System);

    private EventFeed Feed() => new(Reader(), _bus, _services.GetRequiredService<OmniMetrics>(), TimeProvider.System, NullLogger<EventFeed>.Instance);

    private async Task<ChangeEvent> CommitAsync(string subject, JsonObject? data = null, DateTimeOffset? at = null)
    {
        await using var connection = await _source.OpenConnectionAsync();
        return await InsertAsync(connection, subject, data, at);
    }

    private async Task<ChangeEvent> InsertAsync(NpgsqlConnection connection, string subject, JsonObject? data, DateTimeOffset? at = null)
    {
        var change = new ChangeEvent(_organization, subject, EventNames.ConversationUpdated, data ?? [], at ?? TimeProvider.System.GetUtcNow());
        await using var command = new NpgsqlCommand("insert into change_events (id, organization_id, subject, name, data, at) values ($1, $2, $3, $4, $5::jsonb, $6)", connection)
        {
            Parameters =
            {
                new() { Value = change.Id }, new() { Value = change.OrganizationId }, new() { Value = change.Subject },
                new() { Value = change.Name }, new() { Value = change.Data.ToJsonString() }, new() { Value = change.At },
            },
        };
        await command.ExecuteNonQueryAsync();
        return change;
    }

    private ValueTask Hear(ChangeEvent change)
    {
        _heard.Enqueue(change);
        return ValueTask.CompletedTask;
    }
}
