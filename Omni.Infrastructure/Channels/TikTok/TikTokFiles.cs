using System.Text.Json.Nodes;
using Omni.Core.Channels;

namespace Omni.Infrastructure.Channels.TikTok;

/// <summary>Opens pictures, videos and stickers of messages: an id is exchanged for an address that lives a day; addresses of stickers live thirty.</summary>
internal sealed class TikTokFiles(TikTokClient client)
{
    /// <summary>The header that carries a token to the hosts of files.</summary>
    private const string TokenHeader = "x-user";

    /// <summary>Domains that TikTok keeps files at.</summary>
    private static readonly string[] Hosts =
        ["tiktok.com", "tiktokcdn.com", "tiktokcdn-us.com", "tiktokcdn-eu.com", "p16-tiktokcdn.com", "tiktokv.com", "tiktokv.us", "tiktokv.eu", "byteoversea.com", "ibyteimg.com", "ibytedtos.com", "ttwstatic.com"];

    private readonly PlatformFiles _files = new(
        "TikTok", access => client.Client(access, TikTokClient.Downloads), (url, _, _) => IsTikToks(client.Options, url), (headers, token) => headers.Add(TokenHeader, token));

    /// <inheritdoc cref="IChannelAdapter.DownloadAsync"/>
    public async Task<MediaOutcome> OpenAsync(MediaReference media, ChannelAccess access, CancellationToken ct)
    {
        if (media.Id is null)
        {
            return await _files.OpenAsync(media.Url, null, media.Limit, access, ct); // signed itself
        }

        if (TikTokClient.Token(access) is not { } token)
        {
            return new MediaOutcome.Reauthorize("The channel has no access token.");
        }

        var answer = await client.PostAsync("business/message/media/download/", PlatformWire.Json(new JsonObject
        {
            ["business_id"] = access.AccountId,
            ["conversation_id"] = media.ThreadKey,
            ["message_id"] = media.MessageId,
            ["media_id"] = media.Id,
            ["media_type"] = media.Type == "video" ? "VIDEO" : "IMAGE",
        }), access, ct);
        return TikTokVerdicts.OfRepeatable(answer) switch
        {
            null => await _files.OpenAsync(TikTokVerdicts.Data(answer).Text("download_url"u8), token, media.Limit, access, ct),
            SendOutcome.Retry retry => new MediaOutcome.Retry(retry.After, retry.Message),
            SendOutcome.Reauthorize refused => new MediaOutcome.Reauthorize(refused.Message),
            _ => new MediaOutcome.Gone("The file is no longer at TikTok."),
        };
    }

    private static bool IsTikToks(TikTokOptions options, Uri url)
    {
        var host = url.IdnHost;
        return (url.Scheme == options.ApiUrl.Scheme && url.Port == options.ApiUrl.Port && string.Equals(host, options.ApiUrl.IdnHost, StringComparison.OrdinalIgnoreCase))
            || (url is { Scheme: "https", Port: 443 }
                && Hosts.Concat(options.MediaHosts).Any(d => host.Equals(d, StringComparison.OrdinalIgnoreCase) || host.EndsWith($".{d}", StringComparison.OrdinalIgnoreCase)));
    }
}
