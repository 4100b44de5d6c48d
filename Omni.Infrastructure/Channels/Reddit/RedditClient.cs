using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Options;
using Omni.Core.Channels;
using Omni.Infrastructure.Channels.Meta;

namespace Omni.Infrastructure.Channels.Reddit;

/// <summary>Calls Reddit's API within the app's budget and says exactly how far a call got. Sandbox channels never leave the process and cost nothing.</summary>
internal sealed class RedditClient(IHttpClientFactory clients, IOptions<RedditOptions> options, ICallBudgets budgets, TimeProvider clock)
{
    /// <summary>Client for calls.</summary>
    public const string Calls = "reddit";

    /// <summary>Client that ends in the built-in simulator.</summary>
    public const string Sandbox = "reddit-sandbox";

    /// <summary>Calls left for replies when messages are looked for.</summary>
    public const int ForLooking = 20;

    /// <summary>Calls left for replies and looks when something is only nice to have.</summary>
    public const int ForExtras = 60;

    /// <summary>Where the built-in simulator thinks it is; nothing is ever sent there.</summary>
    private static readonly Uri Pretended = new("https://oauth.reddit.com/");

    private static readonly TimeSpan WithoutWait = TimeSpan.FromMinutes(1);

    /// <summary>The installation's settings.</summary>
    public RedditOptions Options => options.Value;

    /// <summary>Reads.</summary>
    /// <param name="path">Path with its query, relative to the API.</param>
    /// <param name="access">The channel.</param>
    /// <param name="reserve">Calls of the budget that must be left afterwards.</param>
    /// <param name="ct">Ends the wait.</param>
    public Task<RedditAnswer> GetAsync(string path, ChannelAccess access, int reserve, CancellationToken ct) =>
        CallAsync(HttpMethod.Get, $"{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}raw_json=1", null, access, reserve, ct);

    /// <summary>Writes a form.</summary>
    public Task<RedditAnswer> PostAsync(string path, IEnumerable<KeyValuePair<string, string>> form, ChannelAccess access, int reserve, CancellationToken ct) =>
        CallAsync(HttpMethod.Post, $"{path}?raw_json=1", form, access, reserve, ct);

    /// <summary>Asks for tokens: the app proves itself by HTTP Basic.</summary>
    public async Task<RedditAnswer> TokenAsync(IEnumerable<KeyValuePair<string, string>> form, CancellationToken ct)
    {
        var app = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{Options.ClientId}:{Options.ClientSecret}"));
        return await SendAsync(HttpMethod.Post, new Uri(Options.AuthUrl, "api/v1/access_token"), form, new AuthenticationHeaderValue("Basic", app), Calls, ct);
    }

    /// <summary>The channel's token; null when there is none that could stand in a header.</summary>
    public static string? Token(ChannelAccess access) =>
        access.Credentials.TryGetValue(CredentialNames.AccessToken, out var token) && GraphClient.IsToken(token) ? token : null;

    private string Budget => $"reddit:{Options.ClientId}";

    private async Task<RedditAnswer> CallAsync(HttpMethod method, string path, IEnumerable<KeyValuePair<string, string>>? form, ChannelAccess access, int reserve, CancellationToken ct)
    {
        if (Token(access) is not { } token)
        {
            return new RedditAnswer.Answered(HttpStatusCode.Unauthorized, default); // what Reddit answers to a missing token, without asking
        }

        if (!access.Sandbox && await budgets.TakeAsync(Budget, Options.CallsPerMinute, reserve, ct) is var wait && wait > TimeSpan.Zero)
        {
            return new RedditAnswer.NoBudget(wait);
        }

        return await SendAsync(method, new Uri(access.Sandbox ? Pretended : Options.ApiUrl, path), form, new AuthenticationHeaderValue("bearer", token), access.Sandbox ? Sandbox : Calls, ct);
    }

    private async Task<RedditAnswer> SendAsync(HttpMethod method, Uri url, IEnumerable<KeyValuePair<string, string>>? form, AuthenticationHeaderValue authorization, string client, CancellationToken ct)
    {
        using var content = form is null ? null : new TrackedContent(new FormUrlEncodedContent(form));
        using var request = new HttpRequestMessage(method, url);
        request.Content = content;
        request.Headers.Authorization = authorization;
        request.Headers.TryAddWithoutValidation("User-Agent", Options.UserAgent); // its form does not pass the framework's reader
        try
        {
            using var response = await clients.CreateClient(client).SendAsync(request, ct); // reads the whole answer, so a cut one fails here too
            var answer = await ReadAsync(response, ct);
            if (client != Sandbox)
            {
                await ReportAsync(response, answer, ct);
            }

            return answer;
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException)
        {
            // Only a body that was never begun proves that nothing was accepted.
            if (content is not { Started: true } && ct.IsCancellationRequested)
            {
                throw;
            }

            var what = e is HttpRequestException http ? http.HttpRequestError.ToString() : e is OperationCanceledException ? "Timeout" : e.GetType().Name;
            return content is null or { Started: true }
                ? new RedditAnswer.Lost($"The connection to Reddit ended without an answer ({what}).")
                : new RedditAnswer.NotSent($"Reddit could not be reached ({what}).");
        }
    }

    private async Task<RedditAnswer.Answered> ReadAsync(HttpResponseMessage response, CancellationToken ct)
    {
        JsonElement body = default;
        try
        {
            using var document = PlatformJson.Read(await response.Content.ReadAsByteArrayAsync(ct));
            body = document.RootElement.Clone();
        }
        catch (FormatException)
        {
            body = default; // a page of HTML counts as no body
        }

        return new RedditAnswer.Answered(response.StatusCode, body)
        {
            RetryAfter = After(response),
            LacksScope = response.Headers.WwwAuthenticate.ToString().Contains("insufficient_scope", StringComparison.Ordinal),
            Error = RedditError.Of(body),
        };
    }

    /// <summary>Takes over what Reddit says about its window: others may use the same app, and the count of this installation begins anew after a restart of theirs.</summary>
    private async Task ReportAsync(HttpResponseMessage response, RedditAnswer.Answered answer, CancellationToken ct)
    {
        if (answer.Status == HttpStatusCode.TooManyRequests)
        {
            await budgets.ReportAsync(Budget, 0, answer.RetryAfter is { } wait && wait > TimeSpan.Zero ? wait : WithoutWait, ct);
        }
        else if (Number(response, "x-ratelimit-remaining") is { } left && left < Options.CallsPerMinute && Number(response, "x-ratelimit-reset") is { } reset)
        {
            await budgets.ReportAsync(Budget, left, TimeSpan.FromSeconds(Math.Clamp(reset, 1, 600)), ct);
        }
    }

    private static double? Number(HttpResponseMessage response, string header) =>
        response.Headers.TryGetValues(header, out var values) && double.TryParse(values.FirstOrDefault(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number : null;

    private TimeSpan? After(HttpResponseMessage response)
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
