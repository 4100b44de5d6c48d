using System.Net;
using System.Net.Http.Headers;
using Omni.Core.Common;
using Omni.Core.Notifications;
using Omni.Infrastructure.Common;

namespace Omni.Infrastructure.Notifications.Push;

/// <summary>Hands messages to push services. Their addresses come from browsers, so every one is judged as an address from outside.</summary>
internal sealed class PushGateway(IHttpClientFactory clients, VapidKeys keys, EgressGuard guard, TimeProvider clock) : IPushGateway
{
    /// <summary>Name of the HTTP client.</summary>
    internal const string Client = "push";

    // After that a message says nothing new: the page shows what there is.
    private static readonly TimeSpan TimeToLive = TimeSpan.FromHours(6);

    public async Task<string> PublicKeyAsync(CancellationToken ct) => await keys.PublicKeyAsync(ct);

    public Refusal? Judge(Uri endpoint)
    {
        try
        {
            guard.Check(endpoint);
            return null;
        }
        catch (EgressRefusedException refused)
        {
            return new Refusal.Invalid("endpoint", refused.Message);
        }
    }

    /// <summary>Sends one message.</summary>
    /// <param name="endpoint">The browser's address.</param>
    /// <param name="message">The encrypted message.</param>
    /// <param name="topic">A waiting message of the same topic is replaced (at most 32 characters of base64url); null for none.</param>
    /// <param name="isUrgent">True when the device should wake up for it.</param>
    /// <param name="ct">Stops waiting.</param>
    internal async Task<PushOutcome> SendAsync(Uri endpoint, byte[] message, string? topic, bool isUrgent, CancellationToken ct)
    {
        using var http = clients.CreateClient(Client);
        using var request = new HttpRequestMessage(HttpMethod.Post, endpoint) { Content = new ByteArrayContent(message) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        request.Content.Headers.ContentEncoding.Add("aes128gcm");
        request.Headers.TryAddWithoutValidation("Authorization", await keys.AuthorizeAsync(endpoint, ct));
        request.Headers.TryAddWithoutValidation("TTL", ((int)TimeToLive.TotalSeconds).ToString());
        request.Headers.TryAddWithoutValidation("Urgency", isUrgent ? "high" : "normal");
        if (topic is not null)
        {
            request.Headers.TryAddWithoutValidation("Topic", topic);
        }

        try
        {
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
            return Of(response);
        }
        catch (HttpRequestException failure) when (EgressRefusedException.Caused(failure))
        {
            return new PushOutcome.Gone();
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException || (failure is OperationCanceledException && !ct.IsCancellationRequested))
        {
            return new PushOutcome.Later(null);
        }
    }

    private PushOutcome Of(HttpResponseMessage response) => response.StatusCode switch
    {
        >= HttpStatusCode.OK and < HttpStatusCode.MultipleChoices => new PushOutcome.Taken(),
        HttpStatusCode.NotFound or HttpStatusCode.Gone => new PushOutcome.Gone(),
        HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout or >= HttpStatusCode.InternalServerError => new PushOutcome.Later(
            response.Headers.RetryAfter is { } after ? after.Delta ?? after.Date - clock.GetUtcNow() : null),
        var status => new PushOutcome.Refused((int)status),
    };
}

/// <summary>What a push service said.</summary>
internal abstract record PushOutcome
{
    /// <summary>It delivers the message.</summary>
    internal sealed record Taken : PushOutcome;

    /// <summary>The browser takes nothing any more.</summary>
    internal sealed record Gone : PushOutcome;

    /// <summary>Try again.</summary>
    /// <param name="After">Not before; null when it did not say.</param>
    internal sealed record Later(TimeSpan? After) : PushOutcome;

    /// <summary>It never takes this message.</summary>
    /// <param name="Status">HTTP status.</param>
    internal sealed record Refused(int Status) : PushOutcome;
}
