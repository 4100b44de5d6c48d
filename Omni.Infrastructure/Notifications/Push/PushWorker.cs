using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Omni.Core.Common;
using Omni.Core.Identity;
using Omni.Core.Notifications;

namespace Omni.Infrastructure.Notifications.Push;

/// <summary>Sends what waits for browsers. What the person has seen meanwhile is not sent.</summary>
internal sealed partial class PushWorker(PushQueue queue, PushGateway gateway, ISecrets secrets, WorkSignals signals, TimeProvider clock, ILogger<PushWorker> logger) : BackgroundService
{
    /// <summary>After that a push is worth nothing any more.</summary>
    internal static readonly TimeSpan GiveUpAfter = TimeSpan.FromHours(6);

    private const int AtOnce = 16;
    private const int MostRefusals = 10;

    private static readonly TimeSpan Sweep = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(30);

    private bool _failing;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (await SendDueAsync(stoppingToken) == 0)
                {
                    await signals.Push.WaitAsync(Sweep, stoppingToken);
                }

                _failing = false;
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure)
            {
                if (!_failing)
                {
                    _failing = true;
                    LogFailed(logger, failure);
                }

                await signals.Push.WaitAsync(Sweep, stoppingToken);
            }
        }
    }

    /// <summary>Sends a round of what is due.</summary>
    /// <returns>How many were taken up.</returns>
    internal async Task<int> SendDueAsync(CancellationToken ct)
    {
        var claims = await queue.ClaimAsync(clock.GetUtcNow(), AtOnce, ct);
        await Task.WhenAll(claims.Select(c => SendAsync(c, ct)));
        return claims.Count;
    }

    private async Task SendAsync(PushClaim claim, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var detail = await queue.ReadAsync(claim, now, ct);
        if (detail is { IsAlive: false })
        {
            await queue.ForgetAsync(claim.SubscriptionId, ct); // whoever signed out there reads nothing more
            return;
        }

        if (detail is null or { IsMember: false } or { IsSeen: true } or { Notification.ReadAt: not null } || now - claim.CreatedAt > GiveUpAfter)
        {
            await queue.DropAsync(claim, ct);
            return;
        }

        var secret = await secrets.OpenAsync(Guid.Empty, "push_subscriptions", "auth_secret", claim.SubscriptionId, detail.SealedSecret, ct);
        var message = PushEncryption.Encrypt(PushMessage.Write(detail.Notification, detail.Settings.HideContent, detail.Unread), detail.PublicKey, secret);
        var outcome = await gateway.SendAsync(detail.Endpoint, message, Topic(detail.Notification), isUrgent: true, ct);
        await SettleAsync(claim, outcome, now, ct);
    }

    private async Task SettleAsync(PushClaim claim, PushOutcome outcome, DateTimeOffset now, CancellationToken ct)
    {
        switch (outcome)
        {
            case PushOutcome.Taken:
                await queue.TakenAsync(claim, now, ct);
                break;
            case PushOutcome.Gone:
                await queue.ForgetAsync(claim.SubscriptionId, ct);
                break;
            case PushOutcome.Later later:
                var wait = TimeSpan.FromSeconds(Math.Min(LongestWait.TotalSeconds, 10 * Math.Pow(2, claim.Attempts)) * (1 + (Random.Shared.NextDouble() / 2)));
                await queue.LaterAsync(claim, now + (later.After > wait ? later.After.Value : wait), ct);
                break;
            case PushOutcome.Refused refused:
                LogRefused(logger, claim.SubscriptionId, refused.Status);
                await queue.RefusedAsync(claim, MostRefusals, ct);
                break;
        }
    }

    // A device that was off gets the newest of each conversation, not all of them. 32 characters of base64url at most: an id without hyphens.
    private static string? Topic(NotificationView notification) => notification.ConversationId?.ToString("N");

    [LoggerMessage(LogLevel.Warning, "Pushes cannot be sent right now; trying again")]
    private static partial void LogFailed(ILogger logger, Exception failure);

    [LoggerMessage(LogLevel.Warning, "The push service of subscription {SubscriptionId} refused a message with {Status}")]
    private static partial void LogRefused(ILogger logger, Guid subscriptionId, int status);
}
