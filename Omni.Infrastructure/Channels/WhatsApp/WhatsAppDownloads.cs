using System.Net;
using System.Net.Http.Headers;
using Omni.Core.Channels;
using Omni.Infrastructure.Channels.Meta;
using Omni.Infrastructure.Common;

namespace Omni.Infrastructure.Channels.WhatsApp;

/// <summary>
/// Opens files of messages (developers.facebook.com/docs/whatsapp/cloud-api/reference/media): the id is exchanged for an address that lives
/// minutes, which is then read with the same token. Ids that came by webhook live seven days.
/// </summary>
internal sealed class WhatsAppDownloads(GraphClient graph)
{
    private const int MaxHops = 3;
    private static readonly TimeSpan LongestRead = TimeSpan.FromMinutes(10); // 100 MB at 1.4 Mbit/s
    private static readonly MediaOutcome.Gone Foreign = new("WhatsApp named an address that is not its own; the file was not fetched.");

    /// <inheritdoc cref="IChannelAdapter.DownloadAsync"/>
    public async Task<MediaOutcome> DownloadAsync(MediaReference media, ChannelAccess access, CancellationToken ct)
    {
        if (GraphClient.Token(access) is not { } token)
        {
            return new MediaOutcome.Reauthorize("The channel has no access token.");
        }

        var address = media.Url;
        if (media.Id is { } id)
        {
            if (!id.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-'))
            {
                return new MediaOutcome.Gone("The file's id is not one of WhatsApp's.");
            }

            var answer = await graph.GetAsync($"{id}?phone_number_id={Uri.EscapeDataString(access.AccountId)}", access, ct);
            if (WhatsAppOutcomes.OfRepeatable(answer) is { } failure)
            {
                return OfFailure(failure);
            }

            var found = ((GraphAnswer.Answered)answer).Body;
            if (found.Member("file_size"u8).Text() is { } size && long.TryParse(size, out var bytes) && bytes > media.Limit)
            {
                return TooLarge(media.Limit);
            }

            address = found.Text("url"u8);
        }

        return Uri.TryCreate(address, UriKind.Absolute, out var url) ? await FetchAsync(url, token, media.Limit, access, ct) : Foreign;
    }

    private async Task<MediaOutcome> FetchAsync(Uri url, string? token, long limit, ChannelAccess access, CancellationToken ct)
    {
        for (var hop = 0; hop < MaxHops; hop++)
        {
            if (!IsMetas(url))
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

            return await OpenAsync(response, limit, ct);
        }

        return new MediaOutcome.Gone("The file's address leads on and on.");
    }

    private static async Task<MediaOutcome> OpenAsync(HttpResponseMessage response, long limit, CancellationToken ct)
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
                HttpStatusCode.Unauthorized => new MediaOutcome.Reauthorize("WhatsApp does not accept the access token."),
                HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout or >= HttpStatusCode.InternalServerError =>
                    new MediaOutcome.Retry(response.Headers.RetryAfter?.Delta ?? TimeSpan.Zero, $"The file's server answered {(int)response.StatusCode}."),
                _ when response.IsSuccessStatusCode => TooLarge(limit),
                _ => new MediaOutcome.Gone("The file is no longer at WhatsApp."),
            };
        }
    }

    private static MediaOutcome OfFailure(SendOutcome failure) => failure switch
    {
        SendOutcome.Retry retry => new MediaOutcome.Retry(retry.After, retry.Message),
        SendOutcome.Reauthorize token => new MediaOutcome.Reauthorize(token.Message),
        _ => new MediaOutcome.Gone("The file is no longer at WhatsApp; files are kept there for seven days."),
    };

    private static MediaOutcome.Gone TooLarge(long limit) => new($"The file is larger than {limit / (1 << 20)} MB.");

    // Tokens go to the platform's own hosts only, whatever an answer says.
    private bool IsMetas(Uri url)
    {
        if (url.UserInfo.Length > 0)
        {
            return false;
        }

        var graphUrl = graph.Options.GraphUrl;
        var host = url.IdnHost;
        return (url.Scheme == graphUrl.Scheme && url.Port == graphUrl.Port && string.Equals(host, graphUrl.IdnHost, StringComparison.OrdinalIgnoreCase))
            || (url is { Scheme: "https", Port: 443 }
                && (host.Equals("lookaside.fbsbx.com", StringComparison.OrdinalIgnoreCase)
                    || host.EndsWith(".fbcdn.net", StringComparison.OrdinalIgnoreCase)
                    || host.EndsWith(".whatsapp.net", StringComparison.OrdinalIgnoreCase)));
    }
}
