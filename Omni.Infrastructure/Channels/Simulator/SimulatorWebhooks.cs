using Microsoft.Extensions.Logging;
using Omni.Core.Channels;
using Omni.Infrastructure.Channels.Meta;
using Omni.Infrastructure.Channels.TikTok;

namespace Omni.Infrastructure.Channels.Simulator;

/// <summary>Posts signed webhooks and repeats them until they are answered 200, as the platform does.</summary>
internal sealed partial class SimulatorWebhooks(IHttpClientFactory clients, SimulatorLedger ledger, TimeProvider clock, ILogger<SimulatorWebhooks> log) : IAsyncDisposable
{
    /// <summary>Name of the HTTP client.</summary>
    public const string Client = "simulator-webhooks";

    private static readonly TimeSpan LongestBackOff = TimeSpan.FromMinutes(1);
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();
    private readonly HashSet<Task> _running = [];
    private readonly Dictionary<string, Task> _lanes = [];

    /// <summary>Reports the states of an accepted message, in the account's own way, without making the caller wait.</summary>
    public void Report(SimulatedAccount account, LedgerSend send) => _ = Run(() => ReportAsync(account, send));

    /// <summary>Posts one body until it is answered 200.</summary>
    /// <param name="account">Whose webhook it is.</param>
    /// <param name="body">The body.</param>
    /// <param name="about">The message it is about.</param>
    /// <param name="lane">Bodies of one lane are posted one after the other, unless the account mixes up its order.</param>
    public void Post(SimulatedAccount account, byte[] body, string about, string lane)
    {
        if (account.Behaviour.Reorder)
        {
            _ = Run(() => DeliverAsync(account, body, about, "message"));
            return;
        }

        lock (_gate)
        {
            var before = _lanes.GetValueOrDefault(lane, Task.CompletedTask);
            _lanes[lane] = Run(async () =>
            {
                await before;
                await DeliverAsync(account, body, about, "message");
            });
        }
    }

    /// <summary>Ends when every webhook that was due has been answered 200.</summary>
    public async Task IdleAsync(CancellationToken ct)
    {
        for (var running = Snapshot(); running.Length > 0; running = Snapshot())
        {
            await Task.WhenAll(running).WaitAsync(ct);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(Snapshot());
        _stop.Dispose();
    }

    private async Task ReportAsync(SimulatedAccount account, LedgerSend send)
    {
        var behaviour = account.Behaviour;
        foreach (var status in behaviour.Reorder ? behaviour.Statuses.Reverse() : behaviour.Statuses)
        {
            await Task.Delay(behaviour.StatusDelay, clock, _stop.Token);
            if (Status(account, send, status) is { } body)
            {
                await DeliverAsync(account, body, send.MessageId, status);
            }
        }
    }

    private byte[]? Status(SimulatedAccount account, LedgerSend send, string status) => account.Kind switch
    {
        ChannelKind.WhatsApp => SimulatorPayloads.Status(account, send, status, clock.GetUtcNow()),
        ChannelKind.TikTok => TikTokPayloads.Status(account, send, status, clock.GetUtcNow()),
        _ => DirectPayloads.Status(account, send, status, clock.GetUtcNow()),
    };

    private async Task DeliverAsync(SimulatedAccount account, byte[] body, string about, string what)
    {
        for (var copy = 0; copy < account.Behaviour.Copies; copy++)
        {
            var backOff = account.Behaviour.WebhookBackOff;
            for (var attempt = 1; ; attempt++)
            {
                var status = await PostAsync(account, body, about, what);
                ledger.Add(new LedgerWebhook(clock.GetUtcNow(), account.PhoneNumberId, about, what, attempt, status));
                if (status == 200)
                {
                    break;
                }

                await Task.Delay(backOff, clock, _stop.Token);
                backOff = backOff * 2 < LongestBackOff ? backOff * 2 : LongestBackOff;
            }
        }
    }

    private async Task<int> PostAsync(SimulatedAccount account, byte[] body, string about, string what)
    {
        var (header, signature) = account.Kind == ChannelKind.TikTok
            ? (TikTokSignature.Header, TikTokSignature.Sign(body, account.AppSecret, clock.GetUtcNow()))
            : (MetaSignature.Header, MetaSignature.Sign(body, account.AppSecret));
        if (account.Deliver is { } deliver)
        {
            return await deliver(new SimulatedDelivery(body, header, signature, about, what), _stop.Token);
        }

        if (account.WebhookUrl is not { } url)
        {
            return 200; // nobody listens
        }

        using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new("application/json");
        request.Headers.Add(header, signature);
        try
        {
            using var response = await clients.CreateClient(Client).SendAsync(request, _stop.Token);
            return (int)response.StatusCode;
        }
        catch (Exception e) when (e is HttpRequestException || (e is OperationCanceledException && !_stop.IsCancellationRequested))
        {
            return 0;
        }
    }

    private Task Run(Func<Task> work)
    {
        var done = new TaskCompletionSource();
        lock (_gate)
        {
            _running.Add(done.Task);
        }

        _ = Task.Run(async () =>
        {
            try
            {
                await work();
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                LogStopped(log);
            }
            catch (Exception e)
            {
                LogFailed(log, e);
            }
            finally
            {
                lock (_gate)
                {
                    _running.Remove(done.Task);
                }

                done.SetResult();
            }
        });
        return done.Task;
    }

    private Task[] Snapshot()
    {
        lock (_gate)
        {
            return [.. _running];
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "A simulated webhook was not finished before the end")]
    private static partial void LogStopped(ILogger logger);

    [LoggerMessage(Level = LogLevel.Error, Message = "A simulated webhook failed")]
    private static partial void LogFailed(ILogger logger, Exception error);
}
