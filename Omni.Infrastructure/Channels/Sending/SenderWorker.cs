using System.Text.Json;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Omni.Core.Channels;
using Omni.Core.Common;
using Omni.Core.Events;
using Omni.Core.Media;
using Omni.Core.Operations;
using Omni.Infrastructure.Channels.Inbound;

namespace Omni.Infrastructure.Channels.Sending;

/// <summary>Sends what is in the outbox: claims heads of conversations, waits for the rate of channel and organization, notes the attempt, calls the platform, writes the outcome.</summary>
internal sealed partial class SenderWorker(
    OutboxStore outbox,
    SendBuckets buckets,
    IChannelAdapters adapters,
    IChannelCredentials credentials,
    IBlobStore blobs,
    EarlyUpdates early,
    IEventBus bus,
    WorkSignals signals,
    OmniMetrics metrics,
    TimeProvider clock,
    IOptions<OmniOptions> options,
    ILogger<SenderWorker> logger) : BackgroundService
{
    private static readonly TimeSpan Sweep = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan NotReady = TimeSpan.FromSeconds(30);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var most = options.Value.Workers.Sender;
        using var places = new SemaphoreSlim(most);
        var recovered = clock.GetTimestamp();
        var turn = 0;
        var wait = TimeSpan.Zero;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await signals.Outbox.WaitAsync(wait, stoppingToken);
                if (clock.GetElapsedTime(recovered) > Sweep)
                {
                    recovered = clock.GetTimestamp();
                    bus.Publish(await outbox.RecoverAsync(stoppingToken));
                }

                var free = places.CurrentCount;
                var claims = free == 0 ? [] : await outbox.ClaimAsync(free, byAge: turn++ % 4 == 3, stoppingToken);
                foreach (var claim in claims)
                {
                    await places.WaitAsync(stoppingToken);
                    _ = SendAsync(claim, places, stoppingToken);
                }

                wait = claims.Count > 0 && claims.Count == free ? TimeSpan.Zero : await UntilNextAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }
            catch (Exception failure) when (InboundFailure.IsOurs(failure))
            {
                LogSweepFailed(logger, failure);
                wait = Sweep;
            }
        }

        // Calls that are under way may end and be recorded; a call that is cut off becomes "unknown" at the next start.
        for (var i = 0; i < most; i++)
        {
            await places.WaitAsync(TimeSpan.FromSeconds(25), CancellationToken.None);
        }
    }

    private async Task<TimeSpan> UntilNextAsync(CancellationToken ct)
    {
        var next = await outbox.NextDueAsync(ct);
        var until = next is { } due ? due - clock.GetUtcNow() : Sweep;
        return until < TimeSpan.Zero ? TimeSpan.Zero : until < Sweep ? until : Sweep;
    }

    private async Task SendAsync(Claim claim, SemaphoreSlim places, CancellationToken stop)
    {
        try
        {
            if (adapters.Find(claim.Kind) is not { } adapter || await credentials.OpenAsync(claim.OrganizationId, claim.ChannelId, stop) is not { } access)
            {
                await outbox.ReleaseAsync(claim, NotReady, stop);
                return;
            }

            var wait = buckets.Take(claim.OrganizationId, claim.ChannelId, adapter.Capabilities);
            if (wait > TimeSpan.Zero)
            {
                await outbox.ReleaseAsync(claim, wait, stop);
                return;
            }

            if (await outbox.BeginAsync(claim, stop) is not { } outgoing)
            {
                return;
            }

            // From here on the outcome is written even while the program stops.
            var started = clock.GetTimestamp();
            var outcome = await adapter.SendAsync(Message(claim, outgoing), access, CancellationToken.None);
            metrics.Sent(claim.Kind, Outcome(outcome), clock.GetElapsedTime(started));
            if (outcome is SendOutcome.Reauthorize refused)
            {
                await credentials.RefusedAsync(claim.OrganizationId, claim.ChannelId, access, refused.Message, CancellationToken.None);
            }

            await CompleteAsync(claim, outcome);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return;
        }
        catch (Exception failure) when (InboundFailure.IsOurs(failure))
        {
            // The claim runs out by itself; after an attempt began it becomes "unknown" then.
            LogSendFailed(logger, claim.MessageId, failure);
        }
        finally
        {
            places.Release();
            signals.Outbox.Set();
        }
    }

    private async Task CompleteAsync(Claim claim, SendOutcome outcome)
    {
        var settlement = Settlements.Of(outcome, claim.Attempts, clock.GetUtcNow() - claim.CreatedAt, Random.Shared.NextDouble());
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                var (events, waiting) = await outbox.CompleteAsync(claim, settlement, CancellationToken.None);
                bus.Publish(events);
                if (waiting.Count > 0)
                {
                    await early.ApplyAsync(claim.OrganizationId, claim.ChannelId, claim.Kind, waiting, CancellationToken.None);
                }

                return;
            }
            catch (Exception failure) when (attempt < 5 && InboundFailure.IsOurs(failure) && InboundFailure.IsPassing(failure))
            {
                // The platform has answered; that must not be forgotten because the database is away for a moment.
                LogCompleteAgain(logger, claim.MessageId, failure);
                if (failure is Npgsql.PostgresException { SqlState: Npgsql.PostgresErrorCodes.UniqueViolation })
                {
                    // An echo brought the same id in as a message of its own; ours keeps its row without the id.
                    settlement = settlement with { ExternalId = null };
                }

                await Task.Delay(TimeSpan.FromMilliseconds(200 * Math.Pow(2, attempt)), clock);
            }
        }
    }

    private OutboundMessage Message(Claim claim, Outgoing outgoing) => new()
    {
        Id = claim.MessageId,
        Recipients = outgoing.Recipients,
        ThreadKey = outgoing.ThreadKey,
        Type = outgoing.Type,
        Text = outgoing.Text,
        ReplyTo = outgoing.ReplyTo,
        Emoji = outgoing.Type == "reaction" ? outgoing.Payload?["emoji"]?.GetValue<string>() ?? "" : null,
        Template = outgoing.Payload?["template"]?.Deserialize<TemplateUse>(JsonSerializerOptions.Web),
        Interactive = outgoing.Payload?["interactive"]?.AsObject(),
        Media = outgoing.File is { } file
            ? new OutboundMedia(file.Type, file.Mime, file.Name, file.Size, async ct =>
                await blobs.OpenAsync(file.BlobKey, ct) ?? throw new FileNotFoundException($"The file of message {claim.MessageId} is gone."))
            : null,
    };

    private static string Outcome(SendOutcome outcome) => outcome switch
    {
        SendOutcome.Accepted => "accepted",
        SendOutcome.Retry => "retry",
        SendOutcome.Rejected => "rejected",
        SendOutcome.Unknown => "unknown",
        _ => "reauthorize",
    };

    [LoggerMessage(Level = LogLevel.Warning, Message = "Looking for messages to send failed; trying again")]
    private static partial void LogSweepFailed(ILogger logger, Exception failure);

    [LoggerMessage(Level = LogLevel.Error, Message = "Sending message {MessageId} failed")]
    private static partial void LogSendFailed(ILogger logger, Guid messageId, Exception failure);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The outcome of message {MessageId} could not be written; trying again")]
    private static partial void LogCompleteAgain(ILogger logger, Guid messageId, Exception failure);
}
