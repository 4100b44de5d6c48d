using Microsoft.Extensions.Configuration;
using Omni.Core.Operations;
using Omni.Infrastructure.Data.Backups;
using Omni.Infrastructure.Data.Embedded;
using Omni.Infrastructure.Operations;

namespace Omni.Infrastructure.Data;

public static partial class DataModule
{
    /// <summary>
    /// Writes the data folder to one file: the embedded database as it is at the end of the copy, then files and keys. Works while
    /// Omni runs. With an external server only files and keys are written, and a line says that the database needs its own backup.
    /// </summary>
    /// <param name="configuration">The program's configuration.</param>
    /// <param name="file">The file to make; it must not exist.</param>
    /// <param name="output">Gets a line about what is done.</param>
    /// <param name="ct">Gives up; no file is left then.</param>
    /// <exception cref="StartupException">The file exists, there is nothing to back up, or the server cannot be reached.</exception>
    public static async Task BackupAsync(IConfiguration configuration, string file, TextWriter output, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        ArgumentNullException.ThrowIfNull(output);
        var options = OperationsModule.ReadOptions(configuration);
        var folder = new DataFolder(options.FullDataDirectory);
        var isExternal = ExternalConnectionString(configuration) is not null;
        await new BackupWriter(folder, options.Postgres.BinDirectory, output).WriteAsync(Path.GetFullPath(file), withDatabase: !isExternal, ct);
        if (isExternal)
        {
            await output.WriteLineAsync("The database is an external server and is NOT in this file: back it up with pg_dump (docs/deployment.md).");
        }
    }

    /// <summary>Fills an empty data folder from a file of <see cref="BackupAsync"/> and proves that the database starts.</summary>
    /// <param name="configuration">The program's configuration.</param>
    /// <param name="file">The file to read.</param>
    /// <param name="output">Gets a line about what is done.</param>
    /// <param name="ct">Gives up; the next start then asks to restore again.</param>
    /// <exception cref="StartupException">The folder is not empty or in use, or the file is no complete backup.</exception>
    public static async Task RestoreAsync(IConfiguration configuration, string file, TextWriter output, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        ArgumentNullException.ThrowIfNull(output);
        var options = OperationsModule.ReadOptions(configuration);
        var folder = new DataFolder(options.FullDataDirectory);
        await new BackupReader(folder, options.Postgres.BinDirectory, output).RestoreAsync(Path.GetFullPath(file), ct);
    }
}
