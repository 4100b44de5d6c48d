using System.Security.Cryptography;
using Npgsql;
using Omni.Core.Operations;

namespace Omni.Infrastructure.Data.Embedded;

/// <summary>Makes the cluster, its roles and its database. Every step can be repeated, so a crash in between is mended by the next start.</summary>
internal sealed class Cluster(DataFolder folder, ServerBinaries binaries, ServerAccount account)
{
    /// <summary>The superuser. Omni itself never works as it.</summary>
    public const string Superuser = "omni_superuser";

    /// <summary>The role Omni connects as, and the name of its database.</summary>
    public const string Login = "omni";

    /// <summary>Makes the cluster when there is none, and returns what is known about it.</summary>
    /// <exception cref="StartupException">initdb failed, or the cluster's state file is missing.</exception>
    public async Task<ServerState> EnsureAsync(TextWriter output, CancellationToken ct)
    {
        var state = ServerState.Read(folder);
        if (folder.ClusterMajor is not null)
        {
            return state ?? throw new StartupException($"{folder.StateFile} is missing, and with it the database's password. Restore it from a backup.");
        }

        await output.WriteLineAsync($"Creating the database in {folder.Postgres} with PostgreSQL {binaries.Version}.");
        state = new ServerState { Binaries = binaries.Folder, Major = binaries.Major, SuperuserPassword = Password(), LoginPassword = Password() };
        await InitializeAsync(state.SuperuserPassword, ct);
        state.Write(folder);
        Directory.Move(folder.UnfinishedCluster, folder.Cluster);
        return state;
    }

    /// <summary>Makes the roles and the database on the running server.</summary>
    public static async Task ProvisionAsync(ServerState state, CancellationToken ct)
    {
        await using (var server = new NpgsqlConnection(ConnectionString(state, Superuser, state.SuperuserPassword, "postgres")))
        {
            await server.OpenAsync(ct);
            // create role has no parameters; the password is letters and digits, made here
            await ExecuteAsync(server, $"""
                do $$ begin
                  if to_regrole('{Login}') is null then create role {Login} login createrole nosuperuser nocreatedb; end if;
                  if to_regrole('omni_app') is null then create role omni_app nologin; end if;
                  if to_regrole('omni_worker') is null then create role omni_worker nologin; end if;
                end $$
                """, ct);
            await ExecuteAsync(server, $"alter role {Login} password '{state.LoginPassword}'", ct);
            await ExecuteAsync(server, $"grant omni_app, omni_worker to {Login} with admin option", ct);
            await using var exists = new NpgsqlCommand($"select 1 from pg_database where datname = '{Login}'", server);
            if (await exists.ExecuteScalarAsync(ct) is null)
            {
                await ExecuteAsync(server, $"create database {Login} owner {Login} template template0 encoding 'UTF8'", ct);
            }

            await ExecuteAsync(server, $"revoke connect on database {Login} from public", ct);
        }

        await using var database = new NpgsqlConnection(ConnectionString(state, Superuser, state.SuperuserPassword, Login));
        await database.OpenAsync(ct);
        await ExecuteAsync(database, $"alter schema public owner to {Login}", ct);
    }

    /// <summary>How a role reaches the server.</summary>
    public static string ConnectionString(ServerState state, string role, string password, string database, int pool = 0) =>
        new NpgsqlConnectionStringBuilder
        {
            Host = "127.0.0.1",
            Port = state.Port,
            Database = database,
            Username = role,
            Password = password,
            ApplicationName = "omni",
            Pooling = pool > 0,
            MaxPoolSize = Math.Max(pool, 1),
            Timeout = 15,
            SslMode = SslMode.Disable, // loopback: asking for it costs a round trip per connection
            GssEncryptionMode = GssEncryptionMode.Disable,
        }.ConnectionString;

    private static string Password() => RandomNumberGenerator.GetString("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", 32);

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(ct);
    }

    private async Task InitializeAsync(string password, CancellationToken ct)
    {
        if (Directory.Exists(folder.UnfinishedCluster))
        {
            Directory.Delete(folder.UnfinishedCluster, recursive: true);
        }

        Directory.CreateDirectory(folder.UnfinishedCluster);
        await account.OwnAsync(folder.UnfinishedCluster, ct);
        var passwordFile = Path.Combine(folder.Postgres, "superuser.new");
        try
        {
            await using (var file = new StreamWriter(PrivateFile.Create(passwordFile)))
            {
                await file.WriteLineAsync(password);
            }

            await account.OwnAsync(passwordFile, ct);
            string[] arguments =
            [
                "-D", folder.UnfinishedCluster, "-U", Superuser, "-E", "UTF8", "--auth=scram-sha-256", $"--pwfile={passwordFile}",
                "--data-checksums", .. ServerSettings.Locale(binaries.Major),
            ];
            var answer = await account.RunAsync(binaries.Program("initdb"), arguments, ct);
            if (answer.ExitCode != 0)
            {
                throw new StartupException($"The database could not be created in {folder.Postgres}: {answer.Output.Trim()}");
            }
        }
        finally
        {
            File.Delete(passwordFile);
        }
    }
}
