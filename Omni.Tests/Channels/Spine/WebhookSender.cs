using System.Diagnostics;
using System.Net;
using Omni.Infrastructure.Channels.Meta;

namespace Omni.Tests.Channels.Spine;

/// <summary>Posts signed deliveries as a platform does: again and again until the answer is 200.</summary>
internal sealed class WebhookSender : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromSeconds(10) }) { Timeout = TimeSpan.FromSeconds(10) };
    private int _attempts;

    /// <summary>Requests made.</summary>
    internal int Attempts => _attempts;

    /// <summary>Posts once.</summary>
    /// <returns>The status; 0 without an answer. The wait that was asked for.</returns>
    internal async Task<(int Status, TimeSpan? RetryAfter)> PostOnceAsync(Uri address, byte[] body)
    {
        Interlocked.Increment(ref _attempts);
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(address, "/webhooks/whatsapp")) { Content = new ByteArrayContent(body) };
        request.Headers.Add("X-Hub-Signature-256", MetaSignature.Sign(body, Support.SpineRig.AppSecret));
        try
        {
            using var response = await _http.SendAsync(request);
            return ((int)response.StatusCode, response.Headers.RetryAfter?.Delta);
        }
        catch (Exception away) when (away is HttpRequestException or OperationCanceledException or IOException)
        {
            return (0, null);
        }
    }

    /// <summary>Posts until the answer is 200, to each address in turn.</summary>
    internal async Task PostAsync(byte[] body, params Uri[] addresses)
    {
        var clock = Stopwatch.StartNew();
        for (var attempt = 0; (await PostOnceAsync(addresses[attempt % addresses.Length], body)).Status != (int)HttpStatusCode.OK; attempt++)
        {
            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(60), "a delivery was not taken for a minute");
            await Task.Delay(100);
        }
    }

    public void Dispose() => _http.Dispose();
}
