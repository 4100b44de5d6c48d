using System.Net.Http.Headers;
using Omni.Core.Channels;

namespace Omni.Infrastructure.Channels.Meta;

/// <summary>Reads files from Meta's own hosts, whatever address a payload or an answer names.</summary>
/// <param name="graph">The Graph API's client.</param>
/// <param name="platform">The platform's name, for words.</param>
internal sealed class MetaFiles(GraphClient graph, string platform)
{
    /// <summary>Domains whose hosts get a token.</summary>
    private static readonly string[] Trusted = ["fbcdn.net", "whatsapp.net"];

    /// <summary>Domains that files with signed addresses lie at. One of them holds what strangers uploaded, so no token goes there.</summary>
    private static readonly string[] Signed = ["fbcdn.net", "whatsapp.net", "fbsbx.com", "cdninstagram.com"];

    private readonly PlatformFiles _files = new(
        platform, access => graph.Client(access, GraphClient.Downloads), (url, access, hasToken) => IsMetas(graph.Root(access), url, hasToken),
        (headers, token) => headers.Authorization = new AuthenticationHeaderValue("Bearer", token));

    /// <inheritdoc cref="PlatformFiles.OpenAsync"/>
    public Task<MediaOutcome> OpenAsync(string? address, string? token, long limit, ChannelAccess access, CancellationToken ct) =>
        _files.OpenAsync(address, token, limit, access, ct);

    // Tokens go to the platform's own hosts only, whatever an answer says.
    private static bool IsMetas(Uri graphUrl, Uri url, bool hasToken)
    {
        var host = url.IdnHost;
        return (url.Scheme == graphUrl.Scheme && url.Port == graphUrl.Port && string.Equals(host, graphUrl.IdnHost, StringComparison.OrdinalIgnoreCase))
            || (url is { Scheme: "https", Port: 443 }
                && ((hasToken && host.Equals("lookaside.fbsbx.com", StringComparison.OrdinalIgnoreCase))
                    || Array.Exists(hasToken ? Trusted : Signed, d => host.EndsWith($".{d}", StringComparison.OrdinalIgnoreCase))));
    }
}
