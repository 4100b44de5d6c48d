using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Omni.Core.Channels;
using Omni.Core.Identity;
using Omni.Infrastructure.Data;

namespace Omni.Infrastructure.Channels;

/// <summary>Writes to the owners and administrators of an organization when one of its channels needs a new token: once for each time it stops working. Does nothing without a mail server.</summary>
internal sealed partial class ChannelLetters(NpgsqlDataSource source, IMailer mailer, IPublicAddress address, TimeProvider clock, ILogger<ChannelLetters> logger) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(30);

    // Whoever sets the time writes the letter, so that of several nodes one does.
    private const string Sql = """
        with found as (
          update channels set trouble_told_at = $1 where status = 'needsReauth' and deleted_at is null and trouble_told_at is null
          returning organization_id, id, name, reason)
        select f.id, f.name, f.reason, o.name, u.email from found f
        join organizations o on o.id = f.organization_id and o.status = 'active'
        join memberships m on m.organization_id = f.organization_id and m.role in ('owner', 'admin')
        join users u on u.id = m.user_id and u.email_confirmed and u.email is not null
        """;

    private const string ForgetSql = "update channels set trouble_told_at = null where trouble_told_at is not null and (status <> 'needsReauth' or deleted_at is not null)";

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!mailer.IsConfigured)
        {
            return;
        }

        using var timer = new PeriodicTimer(Every, clock);
        do
        {
            try
            {
                await TellAsync(stoppingToken);
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                LogFailed(logger, failure); // the next round finds the same channels
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task TellAsync(CancellationToken ct)
    {
        await using var batch = source.CreateBatch();
        batch.BatchCommands.Add(Walls.AsWorker());
        batch.BatchCommands.Add(new NpgsqlBatchCommand(ForgetSql));
        batch.BatchCommands.Add(new NpgsqlBatchCommand(Sql) { Parameters = { new() { Value = clock.GetUtcNow() } } });
        var letters = new List<Mail>();
        await using (var reader = await batch.ExecuteReaderAsync(ct))
        {
            await reader.NextResultAsync(ct); // the role; the update has no rows
            while (await reader.ReadAsync(ct))
            {
                letters.Add(ChannelLetter.NeedsToken(
                    reader.GetString(4), reader.GetString(3), reader.GetString(1), reader.IsDBNull(2) ? null : reader.GetString(2), address.Of($"/settings/channels?channel={reader.GetGuid(0)}")));
            }
        }

        foreach (var letter in letters)
        {
            mailer.Enqueue(letter);
        }
    }

    [LoggerMessage(LogLevel.Warning, "Looking for channels in trouble failed; trying again")]
    private static partial void LogFailed(ILogger logger, Exception failure);
}
