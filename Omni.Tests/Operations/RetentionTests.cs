using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Omni.Core.Common;
using Omni.Core.Operations;
using Omni.Infrastructure.Operations.Retention;
using Omni.Tests.Support;

namespace Omni.Tests.Operations;

public sealed class RetentionTests(DatabaseFixture database) : IClassFixture<DatabaseFixture>, IAsyncLifetime
{
    private readonly NpgsqlDataSource _source = NpgsqlDataSource.Create(database.ConnectionString);
    private readonly Guid _organization = OmniId.New();
    private readonly Guid _channel = OmniId.New();

    public Task InitializeAsync() => ExecuteAsync(
        "insert into organizations (id, name, slug, plan, status, time_zone, locale, theme_mode, data_key, created_at, version) values ($1, 'O', $2, 'p', 'active', 'UTC', 'en', 'auto', '', now(), 0)",
        _organization, _organization.ToString("N"));

    public async Task DisposeAsync()
    {
        await ExecuteAsync("delete from inbound_queue");
        await ExecuteAsync("delete from webhook_deliveries");
        await ExecuteAsync("delete from change_events");
        await _source.DisposeAsync();
    }

    [Fact]
    public async Task Processed_items_go_after_a_day()
    {
        var now = TimeProvider.System.GetUtcNow();
        await QueueAsync("processed", now.AddDays(-3), processed: now.AddDays(-3));
        var fresh = await QueueAsync("processed", now, processed: now);

        await RunAsync();

        Assert.Equal([fresh], await IdsAsync());
    }

    [Fact]
    public async Task What_still_waits_is_never_removed_nor_its_body()
    {
        var longAgo = TimeProvider.System.GetUtcNow().AddDays(-60);
        var pending = await QueueAsync("pending", longAgo);
        var failed = await QueueAsync("failed", longAgo);
        await QueueAsync("unrouted", longAgo);
        await QueueAsync("quarantined", longAgo);
        var recent = await QueueAsync("unrouted", TimeProvider.System.GetUtcNow().AddDays(-29));

        await RunAsync();

        Assert.Equal([pending, failed, recent], await IdsAsync());
        Assert.Equal(3L, await ScalarAsync("select count(*) from webhook_deliveries"));
    }

    [Fact]
    public async Task More_rows_than_one_batch_go_in_one_run()
    {
        await ExecuteAsync("insert into change_events (id, organization_id, subject, name, data, at) select gen_random_uuid(), $1, 'organization', 'x', '{}', now() - interval '8 days' from generate_series(1, 12001)", _organization);
        await ExecuteAsync("insert into change_events (id, organization_id, subject, name, data, at) values (gen_random_uuid(), $1, 'organization', 'x', '{}', now() - interval '6 days')", _organization);

        await RunAsync();

        Assert.Equal(1L, await ScalarAsync("select count(*) from change_events"));
    }

    [Fact]
    public async Task The_other_periods_are_kept()
    {
        foreach (var days in new[] { 399, 401 })
        {
            await ExecuteAsync("insert into audit_log (organization_id, id, action, data, at) values ($1, gen_random_uuid(), 'x', '{}', now() - make_interval(days => $2))", _organization, days);
        }

        foreach (var days in new[] { 6, 8 })
        {
            await ExecuteAsync("insert into pending_updates (organization_id, id, channel_id, external_id, event, received_at) values ($1, gen_random_uuid(), $2, 'x', '{}', now() - make_interval(days => $3))", _organization, _channel, days);
        }

        await RunAsync();

        Assert.Equal(1L, await ScalarAsync("select count(*) from audit_log where organization_id = $1", _organization));
        Assert.Equal(1L, await ScalarAsync("select count(*) from pending_updates where organization_id = $1", _organization));
    }

    [Fact]
    public async Task A_failing_rule_does_not_stop_the_others_and_is_reported()
    {
        await ExecuteAsync("insert into change_events (id, organization_id, subject, name, data, at) values (gen_random_uuid(), $1, 'organization', 'x', '{}', now() - interval '8 days')", _organization);
        var task = new CountingTask();

        var failure = await Assert.ThrowsAsync<AggregateException>(() => RunAsync([new("no_such_table", "true", TimeSpan.Zero), .. RetentionRules.All], task));

        Assert.Single(failure.InnerExceptions);
        Assert.Equal(0L, await ScalarAsync("select count(*) from change_events"));
        Assert.Equal(1, task.Calls);
    }

    [Fact]
    public void Batches_stay_small() => Assert.All(RetentionRules.All, rule => Assert.InRange(rule.BatchSize, 500, 5_000));

    private Task RunAsync(IEnumerable<RetentionRule>? rules = null, params IRetentionTask[] tasks) =>
        new RetentionRun(_source, rules ?? RetentionRules.All, tasks, TimeProvider.System, NullLogger<RetentionRun>.Instance).RunAsync(CancellationToken.None);

    private async Task<long> QueueAsync(string state, DateTimeOffset received, DateTimeOffset? processed = null)
    {
        var delivery = OmniId.New();
        await ExecuteAsync("insert into webhook_deliveries (id, kind, body, headers, received_at) values ($1, 'whatsapp', '', '{}', $2)", delivery, received);
        return (long)(await ScalarAsync(
            "insert into inbound_queue (delivery_id, kind, account_id, organization_id, channel_id, state, attempts, next_at, received_at, processed_at) values ($1, 'whatsapp', 'a', $2, $3, $4, 0, $5, $5, $6) returning id",
            delivery, _organization, _channel, state, received, (object?)processed ?? DBNull.Value))!;
    }

    private async Task<List<long>> IdsAsync()
    {
        await using var command = _source.CreateCommand("select id from inbound_queue order by id");
        await using var reader = await command.ExecuteReaderAsync();
        var ids = new List<long>();
        while (await reader.ReadAsync())
        {
            ids.Add(reader.GetInt64(0));
        }

        return ids;
    }

    private Task<object?> ExecuteAsync(string sql, params object[] values) => ScalarAsync(sql, values);

    private async Task<object?> ScalarAsync(string sql, params object[] values)
    {
        await using var command = _source.CreateCommand(sql);
        foreach (var value in values)
        {
            command.Parameters.Add(value is DBNull ? new NpgsqlParameter { Value = value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.TimestampTz } : new NpgsqlParameter { Value = value });
        }

        return await command.ExecuteScalarAsync();
    }

    private sealed class CountingTask : IRetentionTask
    {
        internal int Calls { get; private set; }

        public string Name => "files";

        public Task<long> RemoveAsync(CancellationToken ct) => Task.FromResult((long)++Calls);
    }
}
