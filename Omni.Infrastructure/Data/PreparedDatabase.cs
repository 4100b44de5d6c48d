using Omni.Infrastructure.Data.Embedded;

namespace Omni.Infrastructure.Data;

/// <summary>The database as the program uses it. Disposing it stops an embedded server, so it is disposed after the host.</summary>
public sealed class PreparedDatabase : IAsyncDisposable
{
    private readonly EmbeddedPostgres? _server;

    internal PreparedDatabase(string connectionString, string dataDirectory, EmbeddedPostgres? server = null) =>
        (ConnectionString, DataDirectory, _server) = (connectionString, dataDirectory, server);

    /// <summary>Connects as the login role, which owns the schema and is not a superuser.</summary>
    public string ConnectionString { get; }

    /// <summary>Whether the server is Omni's own child; false for an external one.</summary>
    public bool Embedded => _server is not null;

    /// <summary>Whether there is a server; false when a tool reads the program's model only.</summary>
    public bool Reachable { get; init; } = true;

    /// <summary>Full path of the folder with the private database, files and keys.</summary>
    public string DataDirectory { get; }

    /// <summary>Writes where this program listens into the lock of the data folder, for a second program that wants the folder.</summary>
    /// <param name="address">An address such as <c>http://localhost:5080</c>.</param>
    public void Announce(string address) => _server?.Announce(address);

    /// <summary>Stops an embedded server and waits until it has stopped.</summary>
    public ValueTask DisposeAsync() => _server?.DisposeAsync() ?? ValueTask.CompletedTask;
}
