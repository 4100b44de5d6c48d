using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Omni.Core.Channels;
using Omni.Core.Common;
using Omni.Infrastructure.Channels.Inbound;

namespace Omni.Infrastructure.Channels.Polling;

/// <summary>Looks at the channels whose platform posts nothing, and hands what is new to the queue that posted deliveries go to.</summary>
internal sealed partial class PollWorker(
    PollStore store, IChannelAdapters adapters, IChannelCredentials credentials, WebhookIntake intake, ChannelTrouble trouble, TimeProvider clock, ILogger<PollWorker> logger) : BackgroundService
{
    private const int AtOnce = 8;

    /// <summary>Failures in a row after which the owner is told.</summary>
    private const int TooMany = 6;

    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan RecheckEvery = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan RecheckAnew = TimeSpan.FromHours(6);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var kinds = adapters.Kinds.Where(k => adapters.Find(k) is IChannelPolling).ToList();
        using var places = new SemaphoreSlim(AtOnce);
        while (kinds.Count > 0 && !stoppingToken.IsCancellationRequested)
        {
            try
            {
                var free = places.CurrentCount;
                var claims = free == 0 ? [] : await store.ClaimAsync(kinds, free, stoppingToken);
                foreach (var claim in claims)
                {
                    await places.WaitAsync(stoppingToken);
                    _ = LookAsync(claim, places, stoppingToken);
                }

                await Task.Delay(Beat, clock, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }
            catch (Exception failure) when (InboundFailure.IsOurs(failure))
            {
                LogSweepFailed(logger, failure);
                await Task.Delay(Beat, clock, CancellationToken.None);
            }
        }

        for (var i = 0; i < AtOnce; i++)
        {
            await places.WaitAsync(TimeSpan.FromSeconds(25), CancellationToken.None);
        }
    }

    private async Task LookAsync(PollClaim claim, SemaphoreSlim places, CancellationToken stop)
    {
        try
        {
            await LookAsync(claim, stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            LogStopped(logger, claim.ChannelId);
        }
        catch (Exception failure) when (InboundFailure.IsOurs(failure))
        {
            LogFailed(logger, claim.ChannelId, failure);
        }
        finally
        {
            places.Release();
        }
    }

    /// <summary>One look at one channel.</summary>
    internal async Task LookAsync(PollClaim claim, CancellationToken stop)
    {
        var polling = (IChannelPolling)adapters.Find(claim.Kind)!;
        var done = new PollDone(Wait(claim.Failures)) { Error = "Something went wrong inside Omni." };
        try
        {
            done = await credentials.OpenAsync(claim.OrganizationId, claim.ChannelId, stop) is { } access ? await LookAsync(claim, polling, access, stop) : new PollDone(LongestWait);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            done = new PollDone(TimeSpan.Zero); // the next node, or this one after its start, begins anew
            throw;
        }
        finally
        {
            // Given free even while the program stops: otherwise nobody would look until the lease is over.
            await store.CompleteAsync(claim, done, CancellationToken.None);
        }

        if (done.State is not null && claim.Failures >= TooMany)
        {
            await trouble.OverAsync(claim.OrganizationId, claim.ChannelId, CancellationToken.None);
        }
        else if (done.Error is { } error && claim.Failures + 1 == TooMany)
        {
            await trouble.BeginsAsync(claim.OrganizationId, claim.ChannelId, error, CancellationToken.None);
        }
    }

    private async Task<PollDone> LookAsync(PollClaim claim, IChannelPolling polling, ChannelAccess access, CancellationToken stop)
    {
        var recheck = claim.RecheckDue && polling.RecheckedIds is { } prefix ? await store.RecheckAsync(claim, prefix, stop) : null;
        switch (await polling.PollAsync(claim.Turn with { Recheck = recheck ?? [] }, access, stop))
        {
            case PollOutcome.Fetched fetched:
                // The account's own row, not a route: it was claimed by the channel.
                var route = new ChannelRoute(claim.Kind, claim.AccountId, "") { OrganizationId = claim.OrganizationId, ChannelId = claim.ChannelId };
                foreach (var delivery in fetched.Deliveries)
                {
                    if ((await intake.AcceptOwnAsync(route, delivery, CancellationToken.None)).Refusal is { } full)
                    {
                        return new PollDone(Wait(claim.Failures)) { Error = full.Message };
                    }
                }

                return new PollDone(Jitter(claim.IsOpen ? polling.EveryWhileOpen : polling.Every))
                {
                    State = fetched.State,
                    RecheckedTo = recheck is null ? null : recheck.Count < PollTurn.MostRechecked ? "" : recheck[^1],
                    RecheckAfter = recheck is { Count: PollTurn.MostRechecked } ? RecheckEvery : RecheckAnew,
                };
            case PollOutcome.Later later:
                return new PollDone(later.After > Beat ? later.After : Wait(claim.Failures)) { Error = later.IsOurs ? null : later.Reason };
            case PollOutcome.Reauthorize refused:
                var isWaiting = await credentials.RefusedAsync(claim.OrganizationId, claim.ChannelId, access, refused.Reason, stop);
                return new PollDone(isWaiting ? LongestWait : Beat) { Error = isWaiting ? refused.Reason : null };
            case var other:
                throw new InvalidOperationException($"Unhandled {other.GetType().Name}.");
        }
    }

    private static TimeSpan Wait(int failures) => Jitter(TimeSpan.FromSeconds(Math.Min(LongestWait.TotalSeconds, 5 * Math.Pow(2, Math.Min(failures, 10)))));

    // Channels that were connected together must not be asked about together for ever.
    private static TimeSpan Jitter(TimeSpan wait) => wait * (0.9 + (Random.Shared.NextDouble() * 0.2));

    [LoggerMessage(Level = LogLevel.Warning, Message = "Looking for channels to fetch from failed; trying again")]
    private static partial void LogSweepFailed(ILogger logger, Exception failure);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Fetching from channel {ChannelId} failed; trying again")]
    private static partial void LogFailed(ILogger logger, Guid channelId, Exception failure);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Fetching from channel {ChannelId} was cut off by the end of the program")]
    private static partial void LogStopped(ILogger logger, Guid channelId);
}
