using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Omni.Core.Channels;
using Omni.Core.Common;
using Omni.Core.Operations;
using Omni.Infrastructure.Data;

namespace Omni.Infrastructure.Channels.Intake;

/// <summary>Group commit: everything that came while the last commit was under way goes into the next one. Every caller is answered after the commit that holds its delivery.</summary>
internal sealed partial class InboundStore(NpgsqlDataSource source, OmniMetrics metrics, TimeProvider clock, ILogger<InboundStore> logger) : BackgroundService, IInboundStore
{
    private const int MostWaiting = 10_000;
    private const int MostPerCommit = 500;
    private const int MostBytesPerCommit = 16 << 20;

    /// <summary>Platforms wait 10 to 30 s for an answer; one that comes later is worth nothing.</summary>
    private const int MostSeconds = 5;

    private readonly System.Threading.Channels.Channel<Waiting> _waiting = System.Threading.Channels.Channel.CreateBounded<Waiting>(
        new BoundedChannelOptions(MostWaiting) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    public async Task AppendAsync(WebhookDeliveryRow delivery, IReadOnlyList<InboundQueueItem> items, CancellationToken ct)
    {
        var waiting = new Waiting(delivery, items);
        if (!_waiting.Writer.TryWrite(waiting))
        {
            throw new InboundStoreUnavailableException("Too many deliveries wait to be stored.");
        }

        // Not cancelled with the request: once queued it will be stored, so the answer may as well be the true one.
        await waiting.Stored.Task;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var group = new List<Waiting>();
        try
        {
            while (await _waiting.Reader.WaitToReadAsync(stoppingToken))
            {
                group.Clear();
                var bytes = 0;
                while (group.Count < MostPerCommit && bytes < MostBytesPerCommit && _waiting.Reader.TryRead(out var next))
                {
                    group.Add(next);
                    bytes += next.Delivery.Body.Length;
                }

                await StoreAsync(group);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            _waiting.Writer.TryComplete();
        }

        // What is still here was never acknowledged: the platform sends it again.
        while (_waiting.Reader.TryRead(out var left))
        {
            left.Stored.TrySetException(new InboundStoreUnavailableException("Omni is stopping."));
        }
    }

    private async Task StoreAsync(List<Waiting> group)
    {
        var started = clock.GetTimestamp();
        try
        {
            try
            {
                await InsertAsync(group);
            }
            catch (NpgsqlException first) when (first is not PostgresException { IsTransient: false })
            {
                // The commit may have happened although its answer was lost: the same ids again change nothing then.
                LogAgain(logger, group.Count, first);
                await InsertAsync(group);
            }

            metrics.IntakeCommitted(clock.GetElapsedTime(started));
            foreach (var waiting in group)
            {
                waiting.Stored.TrySetResult();
            }
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            if (group.Count > 1 && failure is PostgresException { SqlState: [var a, var b, ..] } && (a, b) is not ('5', '3') and not ('5', '7'))
            {
                // One delivery that cannot be stored must not take the others with it.
                foreach (var waiting in group)
                {
                    await StoreAsync([waiting]);
                }

                return;
            }

            LogFailed(logger, group.Count, failure);
            foreach (var waiting in group)
            {
                waiting.Stored.TrySetException(new InboundStoreUnavailableException("The database did not take the delivery.", failure));
            }
        }
    }

    private async Task InsertAsync(List<Waiting> group)
    {
        var items = group.SelectMany(w => w.Items).ToList();
        await using var connection = await source.OpenConnectionAsync();
        await using var batch = new NpgsqlBatch(connection) { Timeout = MostSeconds };
        batch.BatchCommands.Add(Walls.AsWorker());
        batch.BatchCommands.Add(new NpgsqlBatchCommand("""
            with stored as (
              insert into webhook_deliveries (id, kind, verified_channel_id, body, headers, received_at)
              select id, kind, verified, body, headers::jsonb, received_at
              from unnest($1::uuid[], $2::text[], $3::uuid[], $4::bytea[], $5::text[], $6::timestamptz[]) as g (id, kind, verified, body, headers, received_at)
              on conflict (id) do nothing returning id)
            insert into inbound_queue (delivery_id, kind, account_id, organization_id, channel_id, slice, state, error, attempts, next_at, received_at)
            select i.delivery_id, i.kind, i.account_id, i.organization_id, i.channel_id, i.slice, i.state, i.error, 0, least(i.received_at, now()), i.received_at -- a node whose clock is ahead must not let its deliveries wait
            from unnest($7::uuid[], $8::text[], $9::text[], $10::uuid[], $11::uuid[], $12::bytea[], $13::text[], $14::text[], $15::timestamptz[]) with ordinality
              as i (delivery_id, kind, account_id, organization_id, channel_id, slice, state, error, received_at, place)
            where i.delivery_id in (select id from stored) order by i.place
            """)
        {
            Parameters =
            {
                Array(group, w => w.Delivery.Id), Array(group, w => Names.Of(w.Delivery.Kind)), Array(group, w => w.Delivery.VerifiedChannelId),
                Array(group, w => w.Delivery.Body), Array(group, w => w.Delivery.Headers), Array(group, w => w.Delivery.ReceivedAt),
                Array(items, i => i.DeliveryId), Array(items, i => Names.Of(i.Kind)), Array(items, i => i.AccountId), Array(items, i => i.OrganizationId),
                Array(items, i => i.ChannelId), Array(items, i => i.Slice), Array(items, i => Names.Of(i.State)), Array(items, i => i.Error),
                Array(items, i => i.ReceivedAt),
            },
        });
        await batch.PrepareAsync(); // no round trip but on a connection's first time
        await batch.ExecuteNonQueryAsync();
    }

    private static NpgsqlParameter<T[]> Array<TRow, T>(List<TRow> rows, Func<TRow, T> value)
    {
        var column = new T[rows.Count];
        for (var i = 0; i < column.Length; i++)
        {
            column[i] = value(rows[i]);
        }

        return new NpgsqlParameter<T[]> { TypedValue = column };
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Storing {Count} deliveries failed; trying once more")]
    private static partial void LogAgain(ILogger logger, int count, Exception failure);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Count} deliveries could not be stored; the platforms will send them again")]
    private static partial void LogFailed(ILogger logger, int count, Exception failure);

    private sealed record Waiting(WebhookDeliveryRow Delivery, IReadOnlyList<InboundQueueItem> Items)
    {
        public TaskCompletionSource Stored { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
