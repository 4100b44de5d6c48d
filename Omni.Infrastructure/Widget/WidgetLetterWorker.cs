using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Omni.Core.Widget;
using Omni.Infrastructure.Channels.Inbound;
using Omni.Infrastructure.Data;

namespace Omni.Infrastructure.Widget;

/// <summary>Hands letters to visitors to the mail server when they are due. A claim is the letter's own next time: when this node dies, another takes it then.</summary>
internal sealed partial class WidgetLetterWorker(NpgsqlDataSource source, WidgetLetters letters, TimeProvider clock, ILogger<WidgetLetterWorker> logger) : BackgroundService
{
    private static readonly TimeSpan Sweep = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(10); // the mailer itself tries for two
    private const int Most = 50;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Sweep, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await SendDueAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            return;
        }
    }

    private async Task SendDueAsync(CancellationToken ct)
    {
        try
        {
            foreach (var (organization, letter) in await ClaimAsync(ct))
            {
                await letters.SendAsync(organization, letter, ct);
            }
        }
        catch (Exception failure) when (InboundFailure.IsOurs(failure))
        {
            LogFailed(logger, failure);
        }
    }

    private async Task<List<(Guid Organization, Guid Letter)>> ClaimAsync(CancellationToken ct)
    {
        await using var batch = source.CreateBatch();
        batch.BatchCommands.Add(Walls.AsWorker());
        batch.BatchCommands.Add(new NpgsqlBatchCommand("""
            update widget_letters l set attempts = l.attempts + 1, due_at = $1 + $2
            from (select organization_id, id from widget_letters where settled_at is null and due_at <= $1 order by due_at limit $3 for update skip locked) x
            where l.organization_id = x.organization_id and l.id = x.id
            returning l.organization_id, l.id
            """)
        {
            Parameters = { new() { Value = clock.GetUtcNow() }, new() { Value = Lease }, new() { Value = (long)Most } },
        });
        await using var reader = await batch.ExecuteReaderAsync(ct);
        await reader.NextResultAsync(ct);
        var claimed = new List<(Guid, Guid)>();
        while (await reader.ReadAsync(ct))
        {
            claimed.Add((reader.GetGuid(0), reader.GetGuid(1)));
        }

        return claimed;
    }

    [LoggerMessage(LogLevel.Warning, "Letters to visitors could not be sent; trying again")]
    private static partial void LogFailed(ILogger logger, Exception failure);
}
