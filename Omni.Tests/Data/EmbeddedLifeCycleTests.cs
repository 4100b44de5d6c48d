using System.Diagnostics;
using Npgsql;
using Omni.Infrastructure.Data.Embedded;
using Omni.Tests.Support;

namespace Omni.Tests.Data;

/// <summary>The whole program with its own database server, from the first start to a crash.</summary>
[Trait("Category", "Program")]
public sealed class EmbeddedLifeCycleTests : IAsyncLifetime
{
    private readonly string _data = OmniProcess.NewDataDirectory();

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => OmniProcess.RemoveAsync(_data);

    [Fact]
    public async Task A_second_start_is_ready_within_three_seconds_with_the_data_as_it_was()
    {
        await using (var first = await OmniProcess.StartAsync(_data))
        {
            await ExecuteAsync("create table kept(id int); insert into kept values (42)");
            Assert.Equal(0, await first.InterruptAsync());
        }

        var clock = Stopwatch.StartNew();
        await using var second = await OmniProcess.StartAsync(_data);

        Assert.InRange(clock.Elapsed.TotalSeconds, 0, IsBusy() ? 12 : 3);
        Assert.Equal(42, await ScalarAsync("select id from kept"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Ctrl_C_and_SIGTERM_stop_everything_the_database_server_last(bool isCtrlC)
    {
        await using var omni = await OmniProcess.StartAsync(_data);
        var server = Assert.NotNull(omni.PostgresPid);

        var exitCode = isCtrlC ? await omni.InterruptAsync() : await omni.TerminateAsync();

        Assert.Equal(0, exitCode);
        Assert.False(Signals.IsAlive(server));
        Assert.False(File.Exists(Path.Combine(_data, "postgres", "cluster", "postmaster.pid")));
        Assert.Contains("database system is shut down", ServerLog(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task After_kill_9_the_next_start_stops_the_orphaned_server_and_has_everything_committed()
    {
        await using (var killed = await OmniProcess.StartAsync(_data))
        {
            await ExecuteAsync("create table kept(id int); insert into kept values (7)");
            await killed.KillAsync();
        }

        var orphan = State().Pid;
        Assert.True(Signals.IsAlive(orphan));

        await using var next = await OmniProcess.StartAsync(_data);

        Assert.Contains($"process {orphan}", next.Output, StringComparison.Ordinal);
        Assert.False(Signals.IsAlive(orphan));
        Assert.Equal(7, await ScalarAsync("select id from kept"));
    }

    [Fact]
    public async Task After_a_power_failure_the_next_start_recovers()
    {
        await using (var killed = await OmniProcess.StartAsync(_data))
        {
            await ExecuteAsync("create table kept(id int); insert into kept select generate_series(1, 1000)");
            var server = State().Pid;
            await killed.KillAsync();
            Signals.Kill(server);
            await Eventually.HoldsAsync(() => !Signals.IsAlive(server), "the server is gone");
        }

        await using var next = await OmniProcess.StartAsync(_data);

        Assert.Equal(1000L, await ScalarAsync("select count(*) from kept"));
        Assert.Contains("automatic recovery in progress", ServerLog(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_killed_database_server_comes_back_on_its_port_while_Omni_runs()
    {
        await using var omni = await OmniProcess.StartAsync(_data);
        await ExecuteAsync("create table kept(id int); insert into kept values (3)");
        var before = State();

        Signals.Kill(before.Pid);
        await Eventually.HoldsAsync(() => State().Pid != before.Pid, "the server is started again", TimeSpan.FromSeconds(60));

        Assert.Equal(before.Port, State().Port);
        Assert.Equal(3, await ScalarAsync("select id from kept"));
    }

    [Fact]
    public async Task A_second_Omni_on_the_same_folder_is_refused_and_told_who_holds_it()
    {
        await using var holder = await OmniProcess.StartAsync(_data);

        var (exitCode, output) = await OmniProcess.RunAsync(_data);

        Assert.Equal(2, exitCode);
        Assert.Contains($"process {holder.Process.Id}, {holder.Address.GetLeftPart(UriPartial.Authority)}", output, StringComparison.Ordinal);
        Assert.Contains(_data, output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
        Assert.True(holder.PostgresPid is not null, "the holder's server was touched");
    }

    [Fact]
    public async Task A_cluster_of_another_major_version_is_refused_and_left_alone()
    {
        await using (var omni = await OmniProcess.StartAsync(_data))
        {
            await omni.InterruptAsync();
        }

        var version = Path.Combine(_data, "postgres", "cluster", "PG_VERSION");
        var made = await File.ReadAllTextAsync(version);
        await File.WriteAllTextAsync(version, "13\n");

        var (exitCode, output) = await OmniProcess.RunAsync(_data);

        Assert.Equal(2, exitCode);
        Assert.Contains("made by PostgreSQL 13", output, StringComparison.Ordinal);
        Assert.Contains("Omni:Postgres:BinDirectory", output, StringComparison.Ordinal);

        await File.WriteAllTextAsync(version, made);
        await using var again = await OmniProcess.StartAsync(_data);
    }

    [Fact]
    public async Task A_cluster_stays_with_the_major_version_that_made_it_when_a_newer_one_is_there()
    {
        var debian = Directory.GetDirectories("/usr/lib/postgresql").Select(f => Path.Combine(f, "bin")).First();
        int made;
        await using (var omni = await OmniProcess.StartAsync(_data, $"--Omni:Postgres:BinDirectory={debian}"))
        {
            made = State().Major;
            await omni.InterruptAsync();
        }

        await using var later = await OmniProcess.StartAsync(_data);

        Assert.Equal(made, State().Major);
        Assert.StartsWith($"PostgreSQL {made}", (string)(await ScalarAsync("select version()"))!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_start_that_ended_before_the_roles_were_made_is_finished_by_the_next_one()
    {
        var folder = new DataFolder(_data);
        await using (var omni = await OmniProcess.StartAsync(_data))
        {
            await omni.InterruptAsync();
        }

        (State() with { Provisioned = false, LoginPassword = "anotherPassword1" }).Write(folder);
        Directory.CreateDirectory(folder.UnfinishedCluster);

        await using var next = await OmniProcess.StartAsync(_data);

        Assert.Equal("omni", await ScalarAsync("select current_user::text"));
    }

    [Fact]
    public async Task The_passwords_are_readable_by_their_owner_only_and_the_program_is_no_superuser()
    {
        await using var omni = await OmniProcess.StartAsync(_data);

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(new DataFolder(_data).StateFile));
        Assert.DoesNotContain(State().LoginPassword, omni.Output, StringComparison.Ordinal);
        Assert.Equal("off", await ScalarAsync("select current_setting('is_superuser')"));
        Assert.Equal("on/on", await ScalarAsync("select current_setting('fsync') || '/' || current_setting('synchronous_commit')"));
        Assert.Equal("scram-sha-256", await ScalarAsync("select current_setting('password_encryption')"));
        var wrong = new NpgsqlConnectionStringBuilder(ConnectionString()) { Password = "wrong" }.ConnectionString;
        var refused = await Assert.ThrowsAsync<PostgresException>(async () => await new NpgsqlConnection(wrong).OpenAsync());
        Assert.Equal(PostgresErrorCodes.InvalidPassword, refused.SqlState);
    }

    private static bool IsBusy() =>
        double.Parse(File.ReadAllText("/proc/loadavg").Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture) > Environment.ProcessorCount;

    private ServerState State() => ServerState.Read(new DataFolder(_data)) ?? throw new InvalidOperationException("There is no state file.");

    private string ServerLog() =>
        string.Join('\n', Directory.GetFiles(Path.Combine(_data, "postgres", "cluster", "log")).Select(File.ReadAllText));

    private string ConnectionString() => Cluster.ConnectionString(State(), Cluster.Login, State().LoginPassword, Cluster.Login);

    private async Task ExecuteAsync(string sql) => await ScalarAsync(sql);

    private async Task<object?> ScalarAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(ConnectionString());
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }
}
