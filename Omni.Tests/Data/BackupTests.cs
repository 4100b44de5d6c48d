using Npgsql;
using Omni.Infrastructure.Data.Embedded;
using Omni.Tests.Support;

namespace Omni.Tests.Data;

/// <summary>Back up, lose everything, restore: with the whole program.</summary>
[Trait("Category", "Program")]
public sealed class BackupTests : IAsyncLifetime
{
    private readonly string _data = OmniProcess.NewDataDirectory();
    private readonly string _elsewhere = OmniProcess.NewDataDirectory();

    private string BackupFile => Path.Combine(_elsewhere, "omni.backup");

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await OmniProcess.RemoveAsync(_data);
        Directory.Delete(_elsewhere, recursive: true);
    }

    [Fact]
    public async Task A_backup_taken_while_rows_are_written_restores_to_a_state_of_that_time_with_files()
    {
        Directory.CreateDirectory(Path.Combine(_data, "blobs", "ab"));
        await File.WriteAllTextAsync(Path.Combine(_data, "blobs", "ab", "picture"), "pixels");
        int writtenBefore, writtenAfter;
        await using (var omni = await OmniProcess.StartAsync(_data))
        {
            await ScalarAsync("create table log(n serial primary key, filler text)");
            using var enough = new CancellationTokenSource();
            var writing = WriteRowsAsync(enough.Token);
            await Eventually.HoldsAsync(async () => await CountAsync() > 100, "rows are there");
            writtenBefore = await CountAsync();

            var (backedUp, words) = await OmniProcess.RunAsync(_data, "--backup", BackupFile);

            await enough.CancelAsync();
            writtenAfter = await writing;
            Assert.True(backedUp == 0, words);
            Assert.Equal(0, await omni.InterruptAsync());
        }

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(BackupFile));
        WipeData();
        var (restored, output) = await OmniProcess.RunAsync(_data, "--restore", BackupFile);
        Assert.True(restored == 0, output);

        await using var again = await OmniProcess.StartAsync(_data);
        var rows = await CountAsync();
        Assert.InRange(rows, writtenBefore, writtenAfter);
        Assert.Equal((long)rows, await ScalarAsync("select max(n)::bigint from log"));
        Assert.Equal("pixels", await File.ReadAllTextAsync(Path.Combine(_data, "blobs", "ab", "picture")));
    }

    [Fact]
    public async Task A_backup_of_a_stopped_Omni_restores_too()
    {
        await using (var omni = await OmniProcess.StartAsync(_data))
        {
            await ScalarAsync("create table log(n serial primary key, filler text); insert into log(filler) values ('kept')");
            await omni.InterruptAsync();
        }

        var (backedUp, words) = await OmniProcess.RunAsync(_data, "--backup", BackupFile);
        Assert.True(backedUp == 0, words);
        WipeData();
        var (restored, output) = await OmniProcess.RunAsync(_data, "--restore", BackupFile);
        Assert.True(restored == 0, output);

        await using var again = await OmniProcess.StartAsync(_data);
        Assert.Equal(1, await CountAsync());
    }

    [Fact]
    public async Task A_restore_never_touches_a_folder_that_is_in_use_or_not_empty()
    {
        await using (var omni = await OmniProcess.StartAsync(_data))
        {
            await ScalarAsync("create table log(n int); insert into log values (1)");
            Assert.Equal(0, (await OmniProcess.RunAsync(_data, "--backup", BackupFile)).ExitCode);

            var (inUse, who) = await OmniProcess.RunAsync(_data, "--restore", BackupFile);
            Assert.Equal(2, inUse);
            Assert.Contains($"process {omni.Process.Id}", who, StringComparison.Ordinal);
            await omni.InterruptAsync();
        }

        var (full, why) = await OmniProcess.RunAsync(_data, "--restore", BackupFile);
        Assert.Equal(2, full);
        Assert.Contains("is not empty", why, StringComparison.Ordinal);

        await using var again = await OmniProcess.StartAsync(_data);
        Assert.Equal(1, await CountAsync());
    }

    [Fact]
    public async Task A_cut_off_or_foreign_file_restores_nothing_and_the_folder_stays_usable()
    {
        await using (var omni = await OmniProcess.StartAsync(_data))
        {
            Assert.Equal(0, (await OmniProcess.RunAsync(_data, "--backup", BackupFile)).ExitCode);
            await omni.InterruptAsync();
        }

        WipeData();
        await using (var file = new FileStream(BackupFile, FileMode.Open))
        {
            file.SetLength(file.Length / 2);
        }

        var foreign = Path.Combine(_elsewhere, "foreign");
        await File.WriteAllTextAsync(foreign, "not a backup");
        foreach (var file in new[] { BackupFile, foreign })
        {
            var (exitCode, output) = await OmniProcess.RunAsync(_data, "--restore", file);
            Assert.Equal(2, exitCode);
            Assert.StartsWith($"--restore: {file}", output.Trim(), StringComparison.Ordinal);
        }

        await using var fresh = await OmniProcess.StartAsync(_data);
    }

    [Fact]
    public async Task An_existing_file_is_never_overwritten_and_an_empty_folder_gives_no_backup()
    {
        await File.WriteAllTextAsync(BackupFile, "precious");

        var (exists, first) = await OmniProcess.RunAsync(_data, "--backup", BackupFile);
        var (empty, second) = await OmniProcess.RunAsync(_data, "--backup", BackupFile + "2");

        Assert.Equal(2, exists);
        Assert.Contains("exists already", first, StringComparison.Ordinal);
        Assert.Equal("precious", await File.ReadAllTextAsync(BackupFile));
        Assert.Equal(2, empty);
        Assert.Contains("no data of Omni", second, StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_an_external_database_the_files_are_backed_up_and_pg_dump_is_named()
    {
        await File.WriteAllTextAsync(Path.Combine(_data, "master.key"), "secret");

        var (exitCode, output) = await OmniProcess.RunAsync(_data, "--backup", BackupFile, "--ConnectionStrings:Postgres=Host=db.invalid;Database=omni");
        Assert.Equal(0, exitCode);
        Assert.Contains("pg_dump", output, StringComparison.Ordinal);

        WipeData();
        Assert.Equal(0, (await OmniProcess.RunAsync(_data, "--restore", BackupFile)).ExitCode);
        Assert.Equal("secret", await File.ReadAllTextAsync(Path.Combine(_data, "master.key")));
    }

    private void WipeData()
    {
        Directory.Delete(_data, recursive: true);
        Directory.CreateDirectory(_data);
    }

    private async Task<int> WriteRowsAsync(CancellationToken enough)
    {
        var rows = 0;
        await using var connection = new NpgsqlConnection(ConnectionString());
        await connection.OpenAsync(CancellationToken.None);
        await using var insert = new NpgsqlCommand("insert into log(filler) select repeat(md5(random()::text), 30) from generate_series(1, 20)", connection);
        while (!enough.IsCancellationRequested)
        {
            rows += await insert.ExecuteNonQueryAsync(CancellationToken.None);
        }

        return rows;
    }

    private async Task<int> CountAsync() => (int)(long)(await ScalarAsync("select count(*) from log"))!;

    private string ConnectionString()
    {
        var state = ServerState.Read(new DataFolder(_data))!;
        return Cluster.ConnectionString(state, Cluster.Login, state.LoginPassword, Cluster.Login);
    }

    private async Task<object?> ScalarAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(ConnectionString());
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }
}
