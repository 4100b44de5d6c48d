using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore.Migrations.Operations;
using Omni.Bench.Rig;
using Omni.Infrastructure.Data;
using Omni.Infrastructure.Data.Migrations;

namespace Omni.Bench.Scale;

/// <summary>The large installation: made once, and kept where that is asked for.</summary>
internal static class ScaleData
{
    private static readonly string[] Large = ["contacts", "messages", "conversations", "read_pointers", "conversation_labels"];

    /// <summary>Makes the rows unless the database holds just these already.</summary>
    /// <param name="database">The server.</param>
    /// <param name="conversations">Conversations.</param>
    /// <param name="messages">Messages.</param>
    /// <param name="ct">Gives up.</param>
    /// <returns>How to reach it as the program does, and the seconds it took; 0 when it was there.</returns>
    internal static async Task<(string ConnectionString, double Seconds)> EnsureAsync(BenchDatabase database, long conversations, long messages, CancellationToken ct)
    {
        var made = $"{conversations} {messages} {Fingerprint(conversations, messages)}";
        if (await database.MarkAsync(BenchDatabase.Product, ct) == made)
        {
            return (database.AsOwner(BenchDatabase.Product), 0);
        }

        var clock = Stopwatch.StartNew();
        await database.BeginFillingAsync(ct);
        var owner = await database.CreateAsync(BenchDatabase.Product, ct);
        await DataModule.MigrateAsync(owner, ct);
        await database.ExecuteAsSuperuserAsync(BenchDatabase.Product, ScaleSql.Functions, ct);
        foreach (var (name, sql) in ScaleSql.Steps(conversations, messages, DateTimeOffset.UtcNow.ToUnixTimeMilliseconds()))
        {
            await StepAsync(database, name, sql, clock, ct);
        }

        foreach (var table in Large)
        {
            await StepAsync(database, $"index {table}", $"reindex table {table}", clock, ct);
        }

        // The words' statistics exist only after an analyze that follows their index; without them the planner walks the wrong way.
        await database.ExecuteAsSuperuserAsync(BenchDatabase.Product, "vacuum (analyze, parallel 0)", ct);
        await database.EndFillingAsync(ct);
        await database.SetMarkAsync(BenchDatabase.Product, made, ct);
        return (database.AsOwner(BenchDatabase.Product), clock.Elapsed.TotalSeconds);
    }

    // Data of another schema, or of other statements, is made anew.
    private static string Fingerprint(long conversations, long messages) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(string.Concat(
        [DataModule.DescribeSchema(), .. new WallsMigration().UpOperations.OfType<SqlOperation>().Select(o => o.Sql), .. ScaleSql.Steps(conversations, messages, 0).Select(s => s.Sql)]))));

    private static async Task StepAsync(BenchDatabase database, string name, string sql, Stopwatch clock, CancellationToken ct)
    {
        await database.ExecuteAsSuperuserAsync(
            BenchDatabase.Product, $"set session_replication_role = replica; set synchronous_commit = off; set maintenance_work_mem = '1GB'; set work_mem = '512MB'; {sql}", ct);
        Modes.Bench.Tell(new { step = name, seconds = Math.Round(clock.Elapsed.TotalSeconds, 1) });
    }
}
