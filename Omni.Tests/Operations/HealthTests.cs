using System.Diagnostics;
using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Omni.Core.Common;
using Omni.Core.Operations;
using Omni.Infrastructure.Data;
using Omni.Tests.Events;
using Omni.Tests.Support;
using Omni.Web.Operations;

namespace Omni.Tests.Operations;

public sealed class HealthTests(DatabaseFixture database) : IClassFixture<DatabaseFixture>
{
    [Fact]
    public async Task A_whole_node_is_healthy_and_becomes_ready()
    {
        await using var host = await OperationsHost.StartAsync(database.ConnectionString);

        var (status, health) = await GetAsync(host, "/health");

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(["status", "database", "redis", "platforms", "uptime", "version"], health.EnumerateObject().Select(m => m.Name));
        Assert.Equal("healthy connected notConfigured", $"{health.GetProperty("status")} {health.GetProperty("database")} {health.GetProperty("redis")}");
        Assert.Equal(JsonValueKind.Object, health.GetProperty("platforms").ValueKind);
        Assert.Matches(@"^\d+h\d+m\d+s$", health.GetProperty("uptime").GetString());
        Assert.Matches(@"^\d+\.\d+\.\d+", health.GetProperty("version").GetString());
        Assert.Equal(HttpStatusCode.OK, (await GetAsync(host, "/health/live")).Status);
        await Eventually.HoldsAsync(async () => (await GetAsync(host, "/health/ready")).Status == HttpStatusCode.OK, "the node becomes ready");
    }

    [Fact]
    public async Task Redis_that_went_away_is_a_degradation()
    {
        await using var redis = await RedisServer.StartedAsync();
        await using var host = await OperationsHost.StartAsync(database.ConnectionString, redis.ConnectionString);
        await Eventually.HoldsAsync(async () => Text(await GetAsync(host, "/health"), "redis") == "connected", "Redis is connected");

        await redis.KillAsync();

        await Eventually.HoldsAsync(async () => Text(await GetAsync(host, "/health"), "redis") == "disconnected", "the loss is seen");
        var (status, health) = await GetAsync(host, "/health");
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal("degraded", health.GetProperty("status").GetString());
    }

    [Fact]
    public async Task A_platform_none_of_whose_channels_works_is_named()
    {
        var own = await Database.CreateAsync();
        await using var source = NpgsqlDataSource.Create(own);
        var organization = OmniId.New();
        await using (var batch = source.CreateBatch())
        {
            batch.BatchCommands.Add(new("insert into organizations (id, name, slug, plan, status, time_zone, locale, theme_mode, data_key, created_at, version) values ($1, 'O', 'o', 'p', 'active', 'UTC', 'en', 'auto', '', now(), 0)") { Parameters = { new() { Value = organization } } });
            foreach (var (kind, status) in new[] { ("whatsapp", "connected"), ("whatsapp", "needsReauth"), ("line", "needsReauth"), ("telegram", "disabled") })
            {
                batch.BatchCommands.Add(new("insert into channels (organization_id, id, kind, name, external_account_id, display_name, status, sandbox, credentials, credential_hints, settings, created_at, version) values ($1, $2, $3, 'c', $4, '', $5, false, '', '{}', '{}', now(), 0)")
                {
                    Parameters = { new() { Value = organization }, new() { Value = OmniId.New() }, new() { Value = kind }, new() { Value = kind + status }, new() { Value = status } },
                });
            }

            await batch.ExecuteNonQueryAsync();
        }

        await using var host = await OperationsHost.StartAsync(own);
        var (_, health) = await GetAsync(host, "/health");

        Assert.Equal("degraded", health.GetProperty("status").GetString());
        Assert.Equal("line=degraded whatsapp=connected", string.Join(' ', health.GetProperty("platforms").EnumerateObject().Select(p => $"{p.Name}={p.Value}").Order()));
    }

    [Fact]
    public async Task A_hanging_database_is_answered_within_a_second()
    {
        await using var server = await PostgresServer.StartAsync();
        await server.AdministerAsync("create database health owner omni");
        await DataModule.MigrateAsync(server.ConnectionString("health"), CancellationToken.None);
        await using var host = await OperationsHost.StartAsync(server.ConnectionString("health"), null, "--Omni:Roles=web");
        Assert.Equal(HttpStatusCode.OK, (await GetAsync(host, "/health")).Status);

        await using (var lockHolder = NpgsqlDataSource.Create(server.ConnectionString("health")))
        {
            // A lock on the migrations makes every question wait, as a disk that hangs does.
            await using var connection = await lockHolder.OpenConnectionAsync();
            await using var transaction = await connection.BeginTransactionAsync();
            await using (var command = new NpgsqlCommand("lock table schema_migrations in access exclusive mode", connection, transaction))
            {
                await command.ExecuteNonQueryAsync();
            }

            await Eventually.HoldsAsync(async () =>
            {
                var clock = Stopwatch.StartNew();
                var status = (await GetAsync(host, "/health")).Status;
                Assert.True(clock.ElapsedMilliseconds < 10_000, $"took {clock.ElapsedMilliseconds} ms");
                return status == HttpStatusCode.ServiceUnavailable;
            }, "the answer is unhealthy");
            Assert.Equal(HttpStatusCode.ServiceUnavailable, (await GetAsync(host, "/health/ready")).Status);
            Assert.Equal(HttpStatusCode.OK, (await GetAsync(host, "/health/live")).Status);
        }

        await Eventually.HoldsAsync(async () => (await GetAsync(host, "/health")).Status == HttpStatusCode.OK, "it recovers by itself");
    }

    [Fact]
    public async Task A_database_without_the_newest_migration_is_not_ready()
    {
        var own = await Database.CreateAsync();
        await using var source = NpgsqlDataSource.Create(own);
        await using (var command = source.CreateCommand("delete from schema_migrations where \"MigrationId\" = (select max(\"MigrationId\") from schema_migrations)"))
        {
            await command.ExecuteNonQueryAsync();
        }

        await using var host = await OperationsHost.StartAsync(own, null, "--Omni:Roles=web");

        Assert.False((await host.Services.GetRequiredService<ISystemHealth>().CheckAsync(CancellationToken.None)).Ready);
    }

    [Theory]
    [InlineData(48 * 3600 + 32 * 60 + 15, "48h32m15s")]
    [InlineData(0, "0h0m0s")]
    public void Uptime_is_written_in_hours_minutes_and_seconds(int seconds, string expected) =>
        Assert.Equal(expected, HealthEndpoints.Uptime(TimeSpan.FromSeconds(seconds)));

    private static string? Text((HttpStatusCode, JsonElement Body) answer, string name) => answer.Body.GetProperty(name).GetString();

    private static async Task<(HttpStatusCode Status, JsonElement Body)> GetAsync(OperationsHost host, string path)
    {
        using var response = await host.Http.GetAsync(path);
        return (response.StatusCode, JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement);
    }
}
