using Microsoft.Extensions.Logging;
using Npgsql;
using Omni.Core.Operations;
using Omni.Infrastructure.Data;

namespace Omni.Infrastructure.Operations.Retention;

/// <summary>Removes everything that is too old, in small transactions, and runs the features' own clean-ups. One that fails does not stop the others.</summary>
internal sealed partial class RetentionRun(
    NpgsqlDataSource source, IEnumerable<RetentionRule> rules, IEnumerable<IRetentionTask> tasks, TimeProvider clock, ILogger<RetentionRun> logger)
{
    // Leaves the rest for the next run, so that one table's backlog cannot keep the others waiting for hours.
    private const int MostBatches = 2_000;

    /// <summary>Removes what is due.</summary>
    /// <exception cref="AggregateException">Something could not be removed; everything else was.</exception>
    internal async Task RunAsync(CancellationToken ct)
    {
        var failures = new List<Exception>();
        foreach (var rule in rules)
        {
            await TryAsync(rule.Table, () => RemoveAsync(rule, ct), failures, ct);
        }

        foreach (var task in tasks)
        {
            await TryAsync(task.Name, () => task.RemoveAsync(ct), failures, ct);
        }

        if (failures.Count > 0)
        {
            throw new AggregateException("Some old data could not be removed.", failures);
        }
    }

    private async Task TryAsync(string what, Func<Task<long>> remove, List<Exception> failures, CancellationToken ct)
    {
        try
        {
            if (await remove() is > 0 and var count)
            {
                LogRemoved(logger, count, what);
            }
        }
        catch (Exception failure) when (!ct.IsCancellationRequested)
        {
            failures.Add(failure);
        }
    }

    private async Task<long> RemoveAsync(RetentionRule rule, CancellationToken ct)
    {
        var before = clock.GetUtcNow() - rule.Kept;
        long all = 0;
        for (var batches = 0; batches < MostBatches; batches++)
        {
            var removed = await RemoveBatchAsync(rule, before, ct);
            all += removed;
            if (removed < rule.BatchSize)
            {
                break;
            }
        }

        return all;
    }

    private async Task<long> RemoveBatchAsync(RetentionRule rule, DateTimeOffset before, CancellationToken ct)
    {
        await using var batch = source.CreateBatch();
        batch.BatchCommands.Add(Walls.AsWorker());
        batch.BatchCommands.Add(new(rule.Sql) { Parameters = { new() { Value = before } } });
        await using var reader = await batch.ExecuteReaderAsync(ct);
        await reader.NextResultAsync(ct);
        await reader.ReadAsync(ct);
        return reader.GetInt64(0);
    }

    [LoggerMessage(LogLevel.Information, "Removed {Count} old {What}")]
    private static partial void LogRemoved(ILogger logger, long count, string what);
}
