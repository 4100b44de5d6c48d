using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Options;
using Omni.Core.Channels;

namespace Omni.Infrastructure.Channels.TikTok;

/// <summary>Calls TikTok's API for businesses. Sandbox channels never leave the process.</summary>
internal sealed class TikTokClient(IHttpClientFactory clients, IOptions<TikTokOptions> options, TimeProvider clock)
{
    /// <summary>Client for calls.</summary>
    public const string Calls = "tiktok";

    /// <summary>Client for uploads.</summary>
    public const string Files = "tiktok-files";

    /// <summary>Guarded client for downloads.</summary>
    public const string Downloads = "tiktok-downloads";

    /// <summary>Client that ends in the built-in simulator.</summary>
    public const string Sandbox = "tiktok-sandbox";

    /// <summary>The header that carries a token; not the usual one.</summary>
    public const string TokenHeader = "Access-Token";

    private const string Name = "TikTok";

    /// <summary>The installation's settings.</summary>
    public TikTokOptions Options => options.Value;

    /// <summary>Reads.</summary>
    /// <param name="path">Path after the version; it ends in a slash, without which the platform knows nothing.</param>
    /// <param name="query">The query; ids hold <c>+</c> and <c>/</c> and are escaped here.</param>
    /// <param name="access">The channel.</param>
    /// <param name="ct">Ends the wait.</param>
    public Task<WireAnswer> GetAsync(string path, IReadOnlyDictionary<string, string> query, ChannelAccess access, CancellationToken ct) =>
        SendAsync(HttpMethod.Get, $"{path}?{Query(query)}", null, access, Calls, ct);

    /// <summary>Writes.</summary>
    /// <param name="path">Path after the version.</param>
    /// <param name="body">The body; disposed afterwards.</param>
    /// <param name="access">The channel.</param>
    /// <param name="ct">Ends the wait; a call that had begun by then is <see cref="WireAnswer.Lost"/>.</param>
    /// <param name="client">Which client to use.</param>
    public Task<WireAnswer> PostAsync(string path, HttpContent body, ChannelAccess access, CancellationToken ct, string client = Calls) =>
        SendAsync(HttpMethod.Post, path, body, access, client, ct);

    /// <summary>Calls as the app itself, with its id and secret in the body or query.</summary>
    public async Task<WireAnswer> AsAppAsync(string path, JsonObject? body, IReadOnlyDictionary<string, string>? query, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(body is null ? HttpMethod.Get : HttpMethod.Post, Address(query is null ? path : $"{path}?{Query(query)}"))
        {
            Content = body is null ? null : PlatformWire.Json(body),
        };
        return await PlatformWire.SendAsync(clients.CreateClient(Calls), request, Name, clock, ct);
    }

    /// <summary>The HTTP client to use for a channel: its calls to the platform, or the simulator.</summary>
    public HttpClient Client(ChannelAccess access, string name) => clients.CreateClient(access.Sandbox ? Sandbox : name);

    /// <summary>The channel's token; null when there is none that could stand in a header.</summary>
    public static string? Token(ChannelAccess access) =>
        access.Credentials.TryGetValue(CredentialNames.AccessToken, out var token) && PlatformWire.IsToken(token) ? token : null;

    private async Task<WireAnswer> SendAsync(HttpMethod method, string path, HttpContent? body, ChannelAccess access, string client, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(method, Address(path)) { Content = body };
        if (Token(access) is not { } token)
        {
            return Refused;
        }

        request.Headers.Add(TokenHeader, token);
        return await PlatformWire.SendAsync(Client(access, client), request, Name, clock, ct);
    }

    private Uri Address(string path) => new(Options.ApiUrl, $"open_api/{Options.ApiVersion}/{path}");

    private static string Query(IReadOnlyDictionary<string, string> query) => string.Join('&', query.Select(q => $"{q.Key}={Uri.EscapeDataString(q.Value)}"));

    // What the platform answers to a missing token, without asking.
    private static WireAnswer.Answered Refused { get; } = new(
        HttpStatusCode.OK, JsonSerializer.SerializeToElement(new { code = TikTokErrors.BadToken, message = "There is no access token." }), null);
}
