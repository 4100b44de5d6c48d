using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Options;
using Omni.Core.Channels;

namespace Omni.Infrastructure.Channels.Meta;

/// <summary>Calls the Graph API and says exactly how far a call got. Sandbox channels never leave the process.</summary>
internal sealed class GraphClient(IHttpClientFactory clients, IOptions<MetaOptions> options, TimeProvider clock)
{
    /// <summary>Client for calls.</summary>
    public const string Calls = "meta";

    /// <summary>Client for uploads, which may take minutes.</summary>
    public const string Files = "meta-files";

    /// <summary>Guarded client for downloads.</summary>
    public const string Downloads = "meta-downloads";

    /// <summary>Client that ends in the built-in simulator.</summary>
    public const string Sandbox = "meta-sandbox";

    /// <summary>The secret's name in a channel's credentials.</summary>
    public const string AccessToken = "accessToken";

    /// <summary>The installation's settings.</summary>
    public MetaOptions Options => options.Value;

    /// <summary>Reads.</summary>
    /// <param name="path">Path after the version, with its query.</param>
    /// <param name="access">The channel.</param>
    /// <param name="ct">Ends the wait.</param>
    /// <param name="token">Another token than the channel's.</param>
    public Task<GraphAnswer> GetAsync(string path, ChannelAccess access, CancellationToken ct, string? token = null) =>
        SendAsync(HttpMethod.Get, path, null, access, Calls, token, ct);

    /// <summary>Writes.</summary>
    /// <param name="path">Path after the version.</param>
    /// <param name="body">The body; disposed afterwards.</param>
    /// <param name="access">The channel.</param>
    /// <param name="ct">Ends the wait; a call that had begun by then is <see cref="GraphAnswer.Lost"/>.</param>
    /// <param name="client">Which client to use.</param>
    public Task<GraphAnswer> PostAsync(string path, HttpContent body, ChannelAccess access, CancellationToken ct, string client = Calls) =>
        SendAsync(HttpMethod.Post, path, body, access, client, null, ct);

    /// <summary>Where a channel's calls go: accounts connected by Instagram login have a host of their own.</summary>
    public Uri Root(ChannelAccess access) =>
        access.Credentials.GetValueOrDefault(CredentialNames.Variant) == CredentialNames.VariantLogin ? Options.InstagramGraphUrl : Options.GraphUrl;

    /// <summary>The HTTP client to use for a channel: its calls to the platform, or the simulator.</summary>
    public HttpClient Client(ChannelAccess access, string name) => clients.CreateClient(access.Sandbox ? Sandbox : name);

    /// <summary>The channel's token; null when there is none that could stand in a header.</summary>
    public static string? Token(ChannelAccess access) =>
        access.Credentials.TryGetValue(AccessToken, out var token) && IsToken(token) ? token : null;

    /// <inheritdoc cref="PlatformWire.IsToken"/>
    public static bool IsToken(string token) => PlatformWire.IsToken(token);

    /// <inheritdoc cref="PlatformWire.Json"/>
    public static ByteArrayContent Json(JsonObject body) => PlatformWire.Json(body);

    private async Task<GraphAnswer> SendAsync(
        HttpMethod method, string path, HttpContent? body, ChannelAccess access, string client, string? token, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(method, new Uri(Root(access), $"{Options.ApiVersion}/{path}")) { Content = body };
        token ??= Token(access);
        if (token is null)
        {
            return Refused;
        }

        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return await PlatformWire.SendAsync(Client(access, client), request, "Meta", clock, ct) switch
        {
            WireAnswer.Answered answered => new GraphAnswer.Answered(answered.Status, answered.Body, answered.RetryAfter),
            WireAnswer.NotSent not => new GraphAnswer.NotSent(not.Reason),
            WireAnswer.Lost lost => new GraphAnswer.Lost(lost.Reason),
            var other => throw new InvalidOperationException($"Unhandled {other.GetType().Name}."),
        };
    }

    // What Meta answers to a missing token, without asking.
    private static GraphAnswer.Answered Refused { get; } = new(
        System.Net.HttpStatusCode.Unauthorized,
        JsonSerializer.SerializeToElement(new { error = new { code = 190, message = "There is no access token." } }),
        null);
}
