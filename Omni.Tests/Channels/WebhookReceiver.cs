using System.Collections.Concurrent;
using Omni.Core.Channels;

namespace Omni.Tests.Channels;

/// <summary>Takes webhooks as Omni's endpoint would, and lets a test wait for them.</summary>
internal sealed class WebhookReceiver : IAsyncDisposable
{
    private readonly ConcurrentQueue<int> _answers = new();
    private readonly ConcurrentQueue<WebhookDelivery> _taken = new();
    private readonly SemaphoreSlim _arrived = new(0);
    private LocalServer? _server;

    public Uri Url => _server!.Url;

    /// <summary>Deliveries that were answered 200, in order.</summary>
    public IReadOnlyList<WebhookDelivery> Taken => [.. _taken];

    public static async Task<WebhookReceiver> StartAsync(params int[] firstAnswers)
    {
        var receiver = new WebhookReceiver();
        foreach (var status in firstAnswers)
        {
            receiver._answers.Enqueue(status);
        }

        receiver._server = await LocalServer.StartAsync(async http =>
        {
            using var body = new MemoryStream();
            await http.Request.Body.CopyToAsync(body);
            http.Response.StatusCode = receiver._answers.TryDequeue(out var status) ? status : 200;
            if (http.Response.StatusCode == 200)
            {
                var headers = http.Request.Headers.ToDictionary(h => h.Key.ToLowerInvariant(), h => h.Value.ToString());
                receiver._taken.Enqueue(new WebhookDelivery(body.ToArray(), headers));
                receiver._arrived.Release();
            }
        });
        return receiver;
    }

    /// <summary>Waits until this many deliveries have come.</summary>
    public async Task<IReadOnlyList<WebhookDelivery>> WaitAsync(int count)
    {
        for (var i = 0; i < count; i++)
        {
            Assert.True(await _arrived.WaitAsync(TimeSpan.FromSeconds(20)), $"Only {i} of {count} webhooks came.");
        }

        return Taken;
    }

    public async ValueTask DisposeAsync()
    {
        await _server!.DisposeAsync();
        _arrived.Dispose();
    }
}
