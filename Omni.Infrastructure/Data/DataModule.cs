using System.Reflection;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Npgsql;
using Omni.Core.Operations;
using Omni.Infrastructure.Data.Embedded;
using Omni.Infrastructure.Operations;

namespace Omni.Infrastructure.Data;

/// <summary>The database of the installation.</summary>
public static partial class DataModule
{
    /// <summary>The key of the external server's connection string.</summary>
    public const string ConnectionStringKey = "ConnectionStrings:Postgres";

    /// <summary>
    /// Makes the database ready before the host is built: checks the external connection string, or starts the embedded server in
    /// <c>{Omni:DataDirectory}/postgres</c>. Tools that only read the program's model (migrations, API documents) start nothing.
    /// </summary>
    /// <param name="configuration">The program's configuration.</param>
    /// <param name="output">Gets a line about what is done.</param>
    /// <param name="ct">Gives up starting.</param>
    /// <exception cref="StartupException">A setting is wrong, the folder is in use, or no server can be started.</exception>
    public static async Task<PreparedDatabase> PrepareAsync(IConfiguration configuration, TextWriter output, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        var options = OperationsModule.ReadOptions(configuration);
        if (ExternalConnectionString(configuration) is { } external)
        {
            return new PreparedDatabase(external, options.FullDataDirectory);
        }

        return IsToolRun()
            ? new PreparedDatabase("Host=localhost;Database=omni;Username=omni", options.FullDataDirectory) { Reachable = false }
            : await StartEmbeddedAsync(options, output, ct);
    }

    /// <summary>The connection string of an external server, or null when the embedded one is meant.</summary>
    /// <exception cref="StartupException">It cannot be read.</exception>
    internal static string? ExternalConnectionString(IConfiguration configuration)
    {
        if (configuration[ConnectionStringKey] is not { Length: > 0 } text)
        {
            return null;
        }

        try
        {
            return new NpgsqlConnectionStringBuilder(text).Host is { Length: > 0 } ? text : throw Unreadable(null);
        }
        catch (Exception wrong) when (wrong is ArgumentException or FormatException)
        {
            throw Unreadable(wrong);
        }
    }

    private static StartupException Unreadable(Exception? inner) => new(
        $"{ConnectionStringKey}: expected a connection string such as Host=db;Database=omni;Username=omni;Password=…", inner);

    private static bool IsToolRun() =>
        EF.IsDesignTime || Assembly.GetEntryAssembly()?.GetName().Name is "GetDocument.Insider" or "ef";

    private static async Task<PreparedDatabase> StartEmbeddedAsync(OmniOptions options, TextWriter output, CancellationToken ct)
    {
        var server = await EmbeddedPostgres.StartAsync(new DataFolder(options.FullDataDirectory), options.Postgres.BinDirectory, output, ct);
        return new PreparedDatabase(server.ConnectionString, options.FullDataDirectory, server);
    }
}
