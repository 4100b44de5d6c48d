using Npgsql;
using Omni.Core.Operations;

namespace Omni.Infrastructure.Data.Embedded;

/// <summary>Omni's private server: started with the program, kept running, stopped last. Holds the data folder's lock meanwhile.</summary>
internal sealed class EmbeddedPostgres : IAsyncDisposable
{
    private readonly FolderLock _folderLock;
    private readonly ServerControl _control;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _supervision;

    private EmbeddedPostgres(FolderLock folderLock, ServerControl control, ServerState state, TextWriter output)
    {
        (_folderLock, _control, State) = (folderLock, control, state);
        _supervision = SuperviseAsync(output);
    }

    /// <summary>Port, process id and passwords of the running server.</summary>
    public ServerState State { get; private set; }

    /// <summary>Connects as the login role.</summary>
    public string ConnectionString => Cluster.ConnectionString(State, Cluster.Login, State.LoginPassword, Cluster.Login, ServerSettings.PoolSize);

    /// <summary>Takes the folder, makes or recovers the cluster, starts the server.</summary>
    /// <exception cref="StartupException">The folder is in use, belongs to another major version, or the server does not start.</exception>
    public static async Task<EmbeddedPostgres> StartAsync(DataFolder folder, string? binDirectory, TextWriter output, CancellationToken ct)
    {
        var folderLock = FolderLock.Take(folder);
        try
        {
            return await StartAsync(folderLock, folder, binDirectory, output, ct);
        }
        catch
        {
            folderLock.Dispose();
            throw;
        }
    }

    /// <summary>Starts the server in a folder whose lock is held already; the lock belongs to the server after a success.</summary>
    public static async Task<EmbeddedPostgres> StartAsync(
        FolderLock folderLock, DataFolder folder, string? binDirectory, TextWriter output, CancellationToken ct)
    {
        if (Directory.Exists(folder.UnfinishedRestore))
        {
            throw new StartupException($"A restore into {folder.Root} was interrupted. Empty the folder and run --restore again.");
        }

        var binaries = await ServerBinaries.FindAsync(binDirectory, folder.ClusterMajor, ct);
        var account = await ServerAccount.ChooseAsync(folder, binaries, output, ct);
        await account.OwnAsync(folder.Cluster, ct); // after a restore the files are ours
        var control = new ServerControl(folder, binaries, account);
        var state = await new Cluster(folder, binaries, account).EnsureAsync(output, ct);
        if (control.RunningPid() is { } orphan)
        {
            await output.WriteLineAsync($"Stopping the database server that an earlier Omni left running (process {orphan}).");
            await control.StopAsync();
        }

        try
        {
            state = await control.StartAsync(state, port: null, ct);
            if (!state.Provisioned)
            {
                await Cluster.ProvisionAsync(state, ct);
                state = state with { Provisioned = true };
                state.Write(folder);
            }
        }
        catch
        {
            await control.StopAsync();
            throw;
        }

        await output.WriteLineAsync($"PostgreSQL {binaries.Version} runs on 127.0.0.1:{state.Port}, data in {folder.Postgres}.");
        return new EmbeddedPostgres(folderLock, control, state, output);
    }

    /// <summary>Writes where Omni listens into the lock.</summary>
    public void Announce(string address) => _folderLock.Announce(address);

    /// <summary>Stops the server, waits for it, gives the folder back.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _supervision;
        await _control.StopAsync();
        _folderLock.Dispose();
        _stopping.Dispose();
    }

    // A server that dies (out of memory, killed) comes back on the same port, so that the pool's connection string stays right.
    private async Task SuperviseAsync(TextWriter output)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1));
        try
        {
            while (await timer.WaitForNextTickAsync(_stopping.Token))
            {
                try
                {
                    if (_control.RunningPid() is null)
                    {
                        await output.WriteLineAsync("The database server ended unexpectedly and is started again.");
                        State = await _control.StartAsync(State, State.Port, _stopping.Token);
                    }
                }
                catch (Exception failed) when (!_stopping.IsCancellationRequested)
                {
                    await output.WriteLineAsync(failed.Message); // tried again at the next tick
                }
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // the program ends
        }
    }
}
