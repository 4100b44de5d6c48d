using System.Diagnostics;
using System.Globalization;
using Npgsql;
using Omni.Bench.Rig;
using Omni.Bench.Scale;
using Omni.Core.Inbox;
using Omni.Infrastructure.Data;
using Omni.Infrastructure.Inbox;

namespace Omni.Bench.Modes;

/// <summary>Reading a large installation: the program's services beside statements by hand, in turn.</summary>
internal static class ScaleMode
{
    private const int MedianOrganization = 50;

    /// <summary>Makes the installation where it is missing, and measures.</summary>
    internal static async Task<object> RunAsync(BenchOptions options, CancellationToken ct)
    {
        await using var database = await BenchDatabase.StartAsync(isProfiled: false, ct, options.Text("keep", ""));
        var (conversations, messages) = (options.Number("conversations", 1_000_000), options.Number("messages", 10_000_000));
        var (connectionString, seconds) = await ScaleData.EnsureAsync(database, conversations, messages, ct);
        var services = new ServiceCollection();
        services.AddSingleton(TimeProvider.System);
        services.AddData(connectionString);
        services.AddInbox();
        await using var program = services.BuildServiceProvider();
        var source = program.GetRequiredService<NpgsqlDataSource>();
        var (result, count, tries) = (new Dictionary<string, object> { ["mode"] = "scale" }, options.Number("rounds", 3), options.Number("tries", 60));
        (result["rounds"], result["conversations"], result["messages"], result["madeInSeconds"]) = (count, conversations, messages, Math.Round(seconds));
        var slow = new List<string>();
        foreach (var (name, number) in new[] { ("large", 1), ("median", MedianOrganization) })
        {
            var place = await ScalePlace.ReadAsync(database, number, ct);
            foreach (var each in new ScaleCases(program.GetRequiredService<IInboxReader>(), place, name, ct).All())
            {
                if (!each.Name.Contains(options.Text("only", ""), StringComparison.OrdinalIgnoreCase))
                {
                    continue;
                }

                var rounds = new List<(double Program, double Hand, double P95)>();
                for (var round = 0; round < count; round++)
                {
                    rounds.Add(await MeasureAsync(source, place, each, tries, ct));
                }

                (result[$"{each.Name}Ms"], result[$"{each.Name}P95"]) = (Spread.Of(rounds.Select(r => r.Program)), Spread.Of(rounds.Select(r => r.P95)));
                result[$"{each.Name}Ratio"] = Spread.Of(rounds.Select(r => r.Program / r.Hand));
                Bench.Tell(new { each.Name, ms = result[$"{each.Name}Ms"], p95 = result[$"{each.Name}P95"], ratio = result[$"{each.Name}Ratio"] });
            }
        }

        result["errors"] = 0; // a refusal or a broken statement ends the run
        NpgsqlConnection.ClearAllPools();
        return result;
    }

    private static async Task<(double Program, double Hand, double P95)> MeasureAsync(NpgsqlDataSource source, ScalePlace place, ScaleCase each, int tries, CancellationToken ct)
    {
        var (program, hand) = (new List<double>(), new List<double>());
        for (var i = -tries / 4; i < tries; i++)
        {
            var question = i + (tries / 4);
            var clock = Stopwatch.StartNew();
            await each.Program(question);
            var one = clock.Elapsed.TotalMilliseconds;
            clock.Restart();
            await HandAsync(source, place, each, question, ct);
            if (i >= 0) // the tries before that are to warm up
            {
                program.Add(one);
                hand.Add(clock.Elapsed.TotalMilliseconds);
            }
        }

        program.Sort();
        hand.Sort();
        return (program[program.Count / 2], hand[hand.Count / 2], program[(int)(program.Count * 0.95)]);
    }

    private static async Task HandAsync(NpgsqlDataSource source, ScalePlace place, ScaleCase each, int question, CancellationToken ct)
    {
        await using var batch = source.CreateBatch();
        if (each.IsWalled)
        {
            batch.BatchCommands.Add(Walls.As(place.OrganizationId));
        }

        batch.BatchCommands.Add(each.Hand(question));
        await using var reader = await batch.ExecuteReaderAsync(ct);
        if (each.IsWalled)
        {
            await reader.NextResultAsync(ct);
        }

        var values = new object[reader.FieldCount];
        while (await reader.ReadAsync(ct))
        {
            reader.GetValues(values);
        }
    }
}
