using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Omni.Infrastructure.Channels;

/// <summary>What came back from one call of a platform.</summary>
internal abstract record WireAnswer
{
    /// <summary>An HTTP answer.</summary>
    /// <param name="Status">Its status.</param>
    /// <param name="Body">Its JSON; undefined when it holds none.</param>
    /// <param name="RetryAfter">The wait it asks for, never negative.</param>
    public sealed record Answered(HttpStatusCode Status, JsonElement Body, TimeSpan? RetryAfter) : WireAnswer;

    /// <summary>The request surely never reached the platform.</summary>
    /// <param name="Reason">Plain words.</param>
    public sealed record NotSent(string Reason) : WireAnswer;

    /// <summary>The request, or a part of it, left; what became of it is not known.</summary>
    /// <param name="Reason">Plain words.</param>
    public sealed record Lost(string Reason) : WireAnswer;
}

/// <summary>Makes one call of a platform and says exactly how far it got.</summary>
internal static class PlatformWire
{
    /// <summary>True for a value that can stand in a header: no spaces, line ends or special characters.</summary>
    public static bool IsToken(string token) => token.Length > 0 && token.All(c => c is > ' ' and <= '~');

    /// <summary>A body of JSON.</summary>
    public static ByteArrayContent Json(JsonObject body) => new(System.Text.Encoding.UTF8.GetBytes(body.ToJsonString()))
    {
        Headers = { ContentType = new MediaTypeHeaderValue("application/json") },
    };

    /// <summary>Makes the call.</summary>
    /// <param name="http">The client.</param>
    /// <param name="request">The request; its content is followed while it is written.</param>
    /// <param name="platform">Whom it goes to, for words.</param>
    /// <param name="clock">For waits that are told as a date.</param>
    /// <param name="ct">Ends the wait; a call that had begun by then is <see cref="WireAnswer.Lost"/>.</param>
    public static async Task<WireAnswer> SendAsync(HttpClient http, HttpRequestMessage request, string platform, TimeProvider clock, CancellationToken ct)
    {
        var content = request.Content is { } body ? new TrackedContent(body) : null;
        request.Content = content;
        try
        {
            using var response = await http.SendAsync(request, ct); // reads the whole answer, so a cut one fails here too
            return new WireAnswer.Answered(response.StatusCode, await ReadAsync(response, ct), After(response, clock));
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException)
        {
            // Only a body that was never begun proves that nothing was accepted; the kind of exception differs by platform and moment.
            if (content is not { Started: true } && ct.IsCancellationRequested)
            {
                throw;
            }

            var what = e is HttpRequestException failed ? failed.HttpRequestError.ToString() : e is OperationCanceledException ? "Timeout" : e.GetType().Name;
            return content is null or { Started: true }
                ? new WireAnswer.Lost($"The connection to {platform} ended without an answer ({what}).")
                : new WireAnswer.NotSent($"{platform} could not be reached ({what}).");
        }
    }

    private static async Task<JsonElement> ReadAsync(HttpResponseMessage response, CancellationToken ct)
    {
        try
        {
            using var document = PlatformJson.Read(await response.Content.ReadAsByteArrayAsync(ct));
            return document.RootElement.Clone();
        }
        catch (FormatException)
        {
            return default; // garbage counts as no body
        }
    }

    private static TimeSpan? After(HttpResponseMessage response, TimeProvider clock)
    {
        var after = response.Headers.RetryAfter switch
        {
            { Delta: { } delta } => delta,
            { Date: { } date } => date - clock.GetUtcNow(),
            _ => (TimeSpan?)null,
        };
        return after < TimeSpan.Zero ? TimeSpan.Zero : after;
    }
}
