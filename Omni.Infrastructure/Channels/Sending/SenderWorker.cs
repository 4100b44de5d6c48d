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
    IChannelPolls polls,
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
                    await early.SweepAsync(stoppingToken);
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
            var ready = await BeginAsync(claim, stop);
            if (ready is not var (adapter, access, message))
            {
                return;
            }

            // From here on the outcome is written even while the program stops.
            var started = clock.GetTimestamp();
            var outcome = await CallAsync(adapter, message, access);
            if (!access.Sandbox)
            {
                metrics.Sent(claim.Kind, Outcome(outcome), clock.GetElapsedTime(started));
            }

            if (outcome is SendOutcome.Reauthorize refused)
            {
                await credentials.RefusedAsync(claim.OrganizationId, claim.ChannelId, access, refused.Message, CancellationToken.None);
            }

            await CompleteAsync(claim, outcome);
            if (adapter is IChannelPolling && outcome is SendOutcome.Unknown or SendOutcome.Accepted { ExternalId: null })
            {
                await polls.HurryAsync(claim.OrganizationId, claim.ChannelId, echoes: true, CancellationToken.None);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return;
        }
        catch (Exception failure) when (InboundFailure.IsOurs(failure))
        {
            // The claim runs out by itself; the message becomes "unknown" then.
            LogSendFailed(logger, claim.MessageId, failure);
        }
        finally
        {
            places.Release();
            signals.Outbox.Set();
        }
    }

    /// <summary>Everything before the call. Whatever goes wrong here, nothing was sent: the claim is given back.</summary>
    /// <returns>Null when this is not to be sent now or not by this node.</returns>
    private async Task<(IChannelAdapter Adapter, ChannelAccess Access, OutboundMessage Message)?> BeginAsync(Claim claim, CancellationToken stop)
    {
        try
        {
            if (adapters.Find(claim.Kind) is not { } adapter || await credentials.OpenAsync(claim.OrganizationId, claim.ChannelId, stop) is not { } access)
            {
                await outbox.ReleaseAsync(claim, NotReady, stop);
                return null;
            }

            var wait = buckets.Take(claim.OrganizationId, claim.ChannelId, adapter.Capabilities);
            if (wait > TimeSpan.Zero)
            {
                await outbox.ReleaseAsync(claim, wait, stop);
                return null;
            }

            if (await outbox.BeginAsync(claim, stop) is not { } outgoing)
            {
                return null;
            }

            // A node that was paused may wake up here, when others have long gone on.
            if (clock.GetElapsedTime(claim.Since) > outbox.Lease * 0.8)
            {
                await outbox.ReleaseAsync(claim, TimeSpan.Zero, CancellationToken.None);
                return null;
            }

            return (adapter, access, Message(claim, outgoing, adapter.Capabilities));
        }
        catch (Exception failure) when (InboundFailure.IsOurs(failure) || stop.IsCancellationRequested)
        {
            if (!stop.IsCancellationRequested)
            {
                LogNotBegun(logger, claim.MessageId, failure);
            }

            await PersistAsync(claim, () => outbox.ReleaseAsync(claim, Sweep, CancellationToken.None));
            return null;
        }
    }

    private async Task<SendOutcome> CallAsync(IChannelAdapter adapter, OutboundMessage message, ChannelAccess access)
    {
        try
        {
            return await adapter.SendAsync(message, access, CancellationToken.None);
        }
        catch (Exception failure) when (InboundFailure.IsOurs(failure))
        {
            // Nobody can tell how far it got.
            LogSendFailed(logger, message.Id, failure);
            return new SendOutcome.Unknown("The call to the platform broke off inside Omni.");
        }
    }

    private async Task CompleteAsync(Claim claim, SendOutcome outcome)
    {
        var settlement = Settlements.Of(outcome, claim.Attempts, clock.GetUtcNow() - claim.CreatedAt, Random.Shared.NextDouble());
        IReadOnlyList<EarlyUpdate> waiting = [];
        await PersistAsync(claim, async () =>
        {
            try
            {
                (var events, waiting) = await outbox.CompleteAsync(claim, settlement, CancellationToken.None);
                bus.Publish(events);
            }
            catch (Exception failure) when (InboundFailure.IsCollision(failure))
            {
                // An echo brought the same id in as a message of its own; ours keeps its row without the id.
                settlement = settlement with { ExternalId = null };
                throw;
            }
        });
        if (waiting.Count > 0)
        {
            await early.ApplyAsync(claim.OrganizationId, claim.ChannelId, claim.Kind, waiting, CancellationToken.None);
        }
    }

    /// <summary>Writes what must not be forgotten because the database is away for a moment; gives up when the lease is over.</summary>
    private async Task PersistAsync(Claim claim, Func<Task> write)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                await write();
                return;
            }
            catch (Exception failure) when (InboundFailure.IsOurs(failure) && InboundFailure.IsPassing(failure) && clock.GetElapsedTime(claim.Since) < outbox.Lease)
            {
                LogCompleteAgain(logger, claim.MessageId, failure);
                await Task.Delay(TimeSpan.FromMilliseconds(Math.Min(2_000, 100 * Math.Pow(2, attempt))), clock);
            }
        }
    }

    private OutboundMessage Message(Claim claim, Outgoing outgoing, ChannelCapabilities limits) => new()
    {
        Id = claim.MessageId,
        Recipients = outgoing.Recipients,
        ThreadKey = outgoing.ThreadKey,
        AnswersTo = outgoing.AnswersTo,
        Type = outgoing.Type,
        Text = outgoing.Text,
        ReplyTo = outgoing.ReplyTo,
        Emoji = outgoing.Type == "reaction" ? outgoing.Payload?["emoji"]?.GetValue<string>() ?? "" : null,
        Template = outgoing.Payload?["template"]?.Deserialize<TemplateUse>(JsonSerializerOptions.Web),
        Interactive = outgoing.Payload?["interactive"]?.AsObject(),
        IsLate = limits is { LateWindow: not null, ReplyWindow: { } window } && outgoing.LastInboundAt + window <= clock.GetUtcNow(),
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

    [LoggerMessage(Level = LogLevel.Warning, Message = "Message {MessageId} could not be prepared for sending; trying again")]
    private static partial void LogNotBegun(ILogger logger, Guid messageId, Exception failure);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The outcome of message {MessageId} could not be written; trying again")]
    private static partial void LogCompleteAgain(ILogger logger, Guid messageId, Exception failure);
}
