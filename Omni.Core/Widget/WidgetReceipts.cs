using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Omni.Core.Channels;
using Omni.Core.Inbox;

namespace Omni.Core.Widget;

/// <summary>Notes that messages of the team reached a visitor's page. Those of a moment go into the queue together, as any platform's delivery marks do.</summary>
public sealed partial class WidgetReceipts(WebhookIntake intake, TimeProvider clock, ILogger<WidgetReceipts> logger)
{
    private static readonly TimeSpan Collect = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Again = TimeSpan.FromSeconds(2);
    private const int MostTries = 5;

    private readonly Lock _gate = new();
    private Dictionary<ChannelRoute, HashSet<Guid>> _waiting = [];
    private bool _busy;

    /// <summary>Notes a message. Never waits; a mark that is lost is made up for when the visitor reads.</summary>
    public void Delivered(WidgetSite site, Guid messageId)
    {
        ArgumentNullException.ThrowIfNull(site);
        lock (_gate)
        {
            if (!_waiting.TryGetValue(site.Route, out var messages))
            {
                _waiting[site.Route] = messages = [];
            }

            messages.Add(messageId);
            if (!_busy)
            {
                _busy = true;
                _ = Task.Run(WriteAsync);
            }
        }
    }

    /// <summary>Notes those of a page's messages that had not reached the visitor before.</summary>
    public void Delivered(WidgetSite site, IEnumerable<WidgetMessage> messages)
    {
        ArgumentNullException.ThrowIfNull(messages);
        foreach (var message in messages.Where(m => m is { IsVisitors: false, Status: MessageStatus.Sent }))
        {
            Delivered(site, message.Id);
        }
    }

    private async Task WriteAsync()
    {
        while (true)
        {
            await Task.Delay(Collect, clock);
            Dictionary<ChannelRoute, HashSet<Guid>> batch;
            lock (_gate)
            {
                if (_waiting.Count == 0)
                {
                    _busy = false;
                    return;
                }

                (batch, _waiting) = (_waiting, []);
            }

            foreach (var (route, messages) in batch)
            {
                await WriteAsync(route, messages);
            }
        }
    }

    private async Task WriteAsync(ChannelRoute route, HashSet<Guid> messages)
    {
        for (var attempt = 1; attempt <= MostTries; attempt++)
        {
            var result = await intake.AcceptOwnAsync(route, WidgetPayload.Status(route.ExternalAccountId, "delivered", messages, clock.GetUtcNow()), CancellationToken.None);
            if (result.Refusal is null)
            {
                return;
            }

            await Task.Delay(Again, clock);
        }

        LogLost(messages.Count, route.ChannelId);
    }

    [LoggerMessage(LogLevel.Warning, "{Count} delivery marks of website chat {ChannelId} were lost")]
    private partial void LogLost(int count, Guid channelId);
}
