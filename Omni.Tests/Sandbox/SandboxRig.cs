using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Omni.Tests.Support;

namespace Omni.Tests.Sandbox;

/// <summary>The real program with one owner; its pretend platforms need nothing else.</summary>
public sealed class SandboxRig : IAsyncLifetime
{
    private readonly DatabaseFixture _database = new();

    internal SpineRig Spine { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        await _database.InitializeAsync();
        Spine = await SpineRig.StartAsync(_database.ConnectionString, 
            "--Omni:Limits:TokenPerMinute=60000", "--Omni:Limits:TokenBurst=60000", // waiting asks often
            $"--Omni:MasterKey={Convert.ToBase64String(System.Security.Cryptography.RandomNumberGenerator.GetBytes(32))}"); // a second node needs the same
    }

    public async Task DisposeAsync()
    {
        await Spine.DisposeAsync();
        await _database.DisposeAsync();
    }

    /// <summary>A new play channel.</summary>
    internal async Task<Guid> GivenChannelAsync(string name = "Play") =>
        (await Spine.CallAsync(HttpMethod.Post, "/api/v1/channels", new { kind = "whatsapp", name, sandbox = true }))!["id"]!.GetValue<Guid>();

    /// <summary>A customer does something.</summary>
    internal async Task<JsonNode> PlayAsync(Guid channel, object what) => (await Spine.CallAsync(HttpMethod.Post, $"/api/v1/sandbox/{channel}/inbound", what))!;

    /// <summary>A customer writes, and the message is in Omni.</summary>
    /// <returns>The conversation.</returns>
    internal async Task<Guid> WriteAsync(Guid channel, string name, string text)
    {
        var id = (await PlayAsync(channel, new { contact = new { name }, type = "text", text }))["messageId"]!.GetValue<string>();
        JsonNode? line = null;
        await Eventually.HoldsAsync(async () => (line = (await LinesAsync(channel)).Find(l => (string?)l["messageId"] == id && l["omni"] is not null)) is not null, "the message is in Omni");
        return line!["omni"]!["conversationId"]!.GetValue<Guid>();
    }

    /// <summary>The team answers.</summary>
    /// <returns>The message.</returns>
    internal async Task<Guid> AnswerAsync(Guid conversation, string text) =>
        (await Spine.CallAsync(HttpMethod.Post, $"/api/v1/conversations/{conversation}/messages", new { clientId = Guid.NewGuid(), kind = "reply", text })) switch
        {
            JsonArray many => many[0]!["id"]!.GetValue<Guid>(),
            var one => one!["id"]!.GetValue<Guid>(),
        };

    internal async Task<List<JsonNode>> LinesAsync(Guid channel) => [.. ((JsonArray)(await Spine.CallAsync(HttpMethod.Get, $"/api/v1/sandbox/{channel}/ledger"))!).OfType<JsonNode>()];

    internal Task BehaveAsync(Guid channel, object manners) => Spine.CallAsync(HttpMethod.Put, $"/api/v1/sandbox/{channel}/behaviour", manners);

    /// <summary>Waits until a message of the team has a status.</summary>
    internal Task UntilStatusAsync(Guid message, string status) => Eventually.HoldsAsync(
        async () => (string?)(await Spine.CallAsync(HttpMethod.Get, $"/api/v1/messages/{message}"))!["status"] == status, $"the message is {status}");

    /// <summary>Calls without expecting success.</summary>
    internal async Task<(int Status, JsonNode? Body)> TryAsync(HttpMethod method, string path, object? body = null, HttpClient? api = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
        using var response = await (api ?? Spine.Api).SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return ((int)response.StatusCode, text.Length == 0 ? null : JsonNode.Parse(text));
    }
}
