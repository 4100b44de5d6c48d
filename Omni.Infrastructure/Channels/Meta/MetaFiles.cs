using System.Net;
using System.Net.Http.Headers;
using Omni.Core.Channels;
using Omni.Infrastructure.Common;

namespace Omni.Infrastructure.Channels.Meta;

/// <summary>Reads files from Meta's own hosts, whatever address a payload or an answer names.</summary>
/// <param name="graph">The Graph API's client.</param>
/// <param name="platform">The platform's name, for words.</param>
internal sealed class MetaFiles(GraphClient graph, string platform)
{
    private const int MaxHops = 3;
    private static readonly TimeSpan LongestRead = TimeSpan.FromMinutes(10); // 100 MB at 1.4 Mbit/s

    /// <summary>Domains whose hosts get a token.</summary>
    private static readonly string[] Trusted = ["fbcdn.net", "whatsapp.net"];

    /// <summary>Domains that files with signed addresses lie at. One of them holds what strangers uploaded, so no token goes there.</summary>
    private static readonly string[] Signed = ["fbcdn.net", "whatsapp.net", "fbsbx.com", "cdninstagram.com"];

    /// <summary>For an address that is not the platform's.</summary>
    public MediaOutcome.Gone Foreign { get; } = new($"{platform} named an address that is not its own; the file was not fetched.");

    /// <summary>For a file beyond the limit.</summary>
    public static MediaOutcome.Gone TooLarge(long limit) => new($"The file is larger than {limit / (1 << 20)} MB.");

    /// <summary>Opens the file at an address.</summary>
    /// <param name="address">The address.</param>
    /// <param name="token">A token for the first address; null for addresses that are signed themselves.</param>
    /// <param name="limit">Most bytes.</param>
    /// <param name="access">The channel.</param>
    /// <param name="ct">Ends the wait.</param>
    public Task<MediaOutcome> OpenAsync(string? address, string? token, long limit, ChannelAccess access, CancellationToken ct) =>
        Uri.TryCreate(address, UriKind.Absolute, out var url) ? FetchAsync(url, token, limit, access, ct) : Task.FromResult<MediaOutcome>(Foreign);

    private async Task<MediaOutcome> FetchAsync(Uri url, string? token, long limit, ChannelAccess access, CancellationToken ct)
    {
        for (var hop = 0; hop < MaxHops; hop++)
        {
            if (!IsMetas(url, access, token is not null))
            {
                return Foreign;
            }

            HttpResponseMessage response;
            try
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, url);
                request.Headers.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
                response = await graph.Client(access, GraphClient.Downloads).SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
            }
            catch (Exception e) when (EgressRefusedException.Caused(e))
            {
                return Foreign;
            }
            catch (Exception e) when (e is HttpRequestException || (e is OperationCanceledException && !ct.IsCancellationRequested))
            {
                return new MediaOutcome.Retry(TimeSpan.Zero, "The file could not be reached.");
            }

            if ((int)response.StatusCode is >= 300 and <= 399 && response.Headers.Location is { } next)
            {
                response.Dispose();
                (url, token) = (new Uri(url, next), null); // the token is for the first address only
                continue;
            }

            return await ReadAsync(response, limit, ct);
        }

        return new MediaOutcome.Gone("The file's address leads on and on.");
    }

    private async Task<MediaOutcome> ReadAsync(HttpResponseMessage response, long limit, CancellationToken ct)
    {
        if (response.IsSuccessStatusCode && (response.Content.Headers.ContentLength ?? 0) <= limit)
        {
            var content = await response.Content.ReadAsStreamAsync(ct);
            return new MediaOutcome.Opened(new LimitedStream(content, limit, LongestRead, response), response.Content.Headers.ContentType?.ToString());
        }

        using (response)
        {
            return response.StatusCode switch
            {
                HttpStatusCode.Unauthorized => new MediaOutcome.Reauthorize($"{platform} does not accept the access token."),
                HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout or >= HttpStatusCode.InternalServerError =>
                    new MediaOutcome.Retry(response.Headers.RetryAfter?.Delta ?? TimeSpan.Zero, $"The file's server answered {(int)response.StatusCode}."),
                _ when response.IsSuccessStatusCode => TooLarge(limit),
                _ => new MediaOutcome.Gone($"The file is no longer at {platform}."),
            };
        }
    }

    // Tokens go to the platform's own hosts only, whatever an answer says.
    private bool IsMetas(Uri url, ChannelAccess access, bool hasToken)
    {
        if (url.UserInfo.Length > 0)
        {
            return false;
        }

        var graphUrl = graph.Root(access);
        var host = url.IdnHost;
        return (url.Scheme == graphUrl.Scheme && url.Port == graphUrl.Port && string.Equals(host, graphUrl.IdnHost, StringComparison.OrdinalIgnoreCase))
            || (url is { Scheme: "https", Port: 443 }
                && ((hasToken && host.Equals("lookaside.fbsbx.com", StringComparison.OrdinalIgnoreCase))
                    || Array.Exists(hasToken ? Trusted : Signed, d => host.EndsWith($".{d}", StringComparison.OrdinalIgnoreCase))));
    }
}
