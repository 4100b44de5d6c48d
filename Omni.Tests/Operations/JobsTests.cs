using System.Globalization;
using Npgsql;
using Omni.Infrastructure.Operations.Jobs;
using Omni.Tests.Support;

namespace Omni.Tests.Operations;

public sealed class JobsTests : IAsyncLifetime
{
    private string _database = "";

    public async Task InitializeAsync() => _database = await Database.CreateAsync();

    public Task DisposeAsync() => Database.DropAsync(_database);

    [Fact]
    public async Task An_ordinary_role_gets_the_schedulers_tables()
    {
        await using var host = await OperationsHost.StartAsync(_database);
        await Eventually.HoldsAsync(() => !host.Snoozes.Calls.IsEmpty, "the first job runs");

        Assert.Equal("omni", await ScalarAsync("select tableowner from pg_tables where tablename = 'qrtz_triggers'"));
        Assert.Equal("5", await ScalarAsync("select count(*) from qrtz_triggers"));
    }

    [Fact]
    public async Task Of_two_nodes_one_runs_a_job_each_time()
    {
        await using var one = await OperationsHost.StartAsync(_database);
        await using var two = await OperationsHost.StartAsync(_database);

        await Eventually.HoldsAsync(() => one.Snoozes.Calls.Count + two.Snoozes.Calls.Count >= 3, "the job ran three times", TimeSpan.FromSeconds(60));

        var calls = one.Snoozes.Calls.Concat(two.Snoozes.Calls).Order().ToList();
        Assert.False(one.Snoozes.Overlapped || two.Snoozes.Overlapped);
        // The start of the second node sets the schedule anew; from then on the calls are a period apart.
        Assert.True(calls[^1] - calls[^2] > JobSchedule.SnoozeEvery / 2, $"{calls[^2]:O} and {calls[^1]:O}");
    }

    [Fact]
    public async Task A_node_without_the_worker_role_runs_no_jobs()
    {
        await using (var web = await OperationsHost.StartAsync(_database, null, "--Omni:Roles=web"))
        {
            await Eventually.HoldsAsync(async () => (await web.Http.GetAsync("/health/ready")).IsSuccessStatusCode, "the node is ready");
            Assert.Empty(web.Snoozes.Calls);
        }

        Assert.Equal("0", await ScalarAsync("select count(*) from pg_tables where tablename like 'qrtz%'"));
    }

    private async Task<string?> ScalarAsync(string sql)
    {
        await using var source = NpgsqlDataSource.Create(_database);
        await using var command = source.CreateCommand(sql);
        return Convert.ToString(await command.ExecuteScalarAsync(), CultureInfo.InvariantCulture);
    }
}
