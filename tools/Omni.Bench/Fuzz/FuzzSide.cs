using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Omni.Core.Common;
using Omni.Infrastructure.Channels.Simulator;

namespace Omni.Bench.Fuzz;

/// <summary>One organization with something of every kind, made by the program's own API, every text marked with a word of its own.</summary>
internal sealed partial class FuzzSide(HttpClient http, SimulatorServer platform, string word, string published)
{
    internal const string Password = "correct horse fjord";
    internal const string Gone = "gone";
    internal const string AppSecret = "fuzz-app-secret";

    private const string Picture = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

    private static readonly string[] Scopes =
    [
        "channels:read", "channels:write", "contacts:read", "contacts:write", "conversations:read", "conversations:write", "events:read", "media:read", "media:write",
        "members:read", "members:write", "notifications:read", "notifications:write", "operations:read", "operations:write", "organization:read", "organization:write",
    ];

    private string _number = "";

    /// <summary>Marks what only the organization may see.</summary>
    internal string Word { get; } = word;

    /// <summary>Marks what its website chat shows to everybody: names of the team, the organization and the channels.</summary>
    internal string Published { get; } = published;

    /// <summary>The organization.</summary>
    internal Guid Id { get; private set; }

    /// <summary>Access tokens by role, and personal tokens.</summary>
    internal Dictionary<string, string> Tokens { get; } = [];

    /// <summary>What it has.</summary>
    internal FuzzPools Pools { get; } = new();

    /// <summary>Its website chat.</summary>
    internal string SiteKey { get; private set; } = "";

    /// <summary>Tokens of its visitors.</summary>
    internal List<string> VisitorTokens { get; } = [];

    /// <summary>Address of somebody's account.</summary>
    /// <remarks>Who goes away is not marked: everybody may see their own account.</remarks>
    internal string Email(string role) => role == Gone ? $"{role}.{Id:N}@example.com" : $"{role}.{Word}@example.com";

    /// <summary>Makes everything.</summary>
    internal async Task BuildAsync(int index, CancellationToken ct)
    {
        _number = $"7001002003{index:000}";
        await PeopleAsync(ct);
        var labels = new List<string>();
        for (var i = 0; i < 3; i++)
        {
            labels.Add(IdOf(await PostAsync("/api/v1/labels", new { name = $"label {i} {Word}", hue = i + 1 }, ct, idempotency: $"key-{i}-{Word}")));
        }

        var file = await UploadAsync("/api/v1/media", $"{Word}.txt", Encoding.UTF8.GetBytes($"A file of {Word}"), ct);
        var picture = await UploadAsync("/api/v1/media", $"{Word}.png", Convert.FromBase64String(Picture), ct);
        await UploadAsync("/api/v1/users/me/avatar", "me.png", Convert.FromBase64String(Picture), ct);
        await UploadAsync("/api/v1/organizations/current/logo", "logo.png", Convert.FromBase64String(Picture), ct);
        await ContactsAsync(labels, ct);
        var (channel, sandbox) = await ChannelsAsync(index, ct);
        await CustomersWriteAsync(sandbox, ct);
        await VisitorsWriteAsync(ct);
        await WorkAsync(labels, file["id"]!.GetValue<string>(), picture["id"]!.GetValue<string>(), ct);
        await CallAsync(HttpMethod.Put, "/api/v1/push-subscriptions", new
        {
            endpoint = $"https://push.example.com/{Word}",
            keys = new { p256dh = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4", auth = "BTBZMqHH6r4Tts7J_aSIgg" },
        }, ct);
        await PostAsync("/api/v1/webhook-events/replay", new { filter = new { status = "processed", channel } }, ct);
    }

    /// <summary>Something happens in it, so that streams have something to tell.</summary>
    internal async Task StirAsync(CancellationToken ct)
    {
        foreach (var conversation in Pools.Of("conversations"))
        {
            await PostAsync($"/api/v1/conversations/{conversation}/messages", new { kind = "note", text = $"Stirred {Word}", clientId = OmniId.New() }, ct);
            await PostAsync($"/api/v1/conversations/{conversation}/typing", new { }, ct);
            await CallAsync(HttpMethod.Put, $"/api/v1/conversations/{conversation}/draft", new { mode = "reply", text = $"Draft again {Word}" }, ct);
            await PostAsync($"/api/v1/conversations/{conversation}/read", new { }, ct);
        }

        await PostAsync("/api/v1/contacts", new { name = $"Late {Word}" }, ct);
        await PostAsync("/api/v1/notifications/test", new { }, ct);
    }

    /// <summary>Makes a call as the owner.</summary>
    internal async Task<JsonNode> CallAsync(HttpMethod method, string path, object body, CancellationToken ct, string? idempotency = null, string? token = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body as HttpContent ?? JsonContent.Create(body) };
        if ((token ?? Tokens.GetValueOrDefault("owner")) is { } bearer)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", bearer);
        }

        if (idempotency is not null)
        {
            request.Headers.Add("Idempotency-Key", idempotency);
        }

        using var answer = await http.SendAsync(request, ct);
        var text = await answer.Content.ReadAsStringAsync(ct);
        return !answer.IsSuccessStatusCode ? throw new InvalidOperationException($"{method} {path}: {(int)answer.StatusCode} {text}")
            : text.Length == 0 ? new JsonObject() : JsonNode.Parse(text)!["data"] ?? new JsonObject();
    }

    private Task<JsonNode> PostAsync(string path, object body, CancellationToken ct, string? idempotency = null) => CallAsync(HttpMethod.Post, path, body, ct, idempotency);

    private async Task<JsonNode> GetAsync(string path, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { Authorization = new AuthenticationHeaderValue("Bearer", Tokens["owner"]) } };
        using var answer = await http.SendAsync(request, ct);
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync(ct))!["data"]!;
    }

    private async Task PeopleAsync(CancellationToken ct)
    {
        var owner = await PostAsync("/api/v1/auth/register", new { email = Email("owner"), password = Password, displayName = $"Owner {Published}", organizationName = $"Organization {Published}" }, ct);
        Id = owner["organization"]!["id"]!.GetValue<Guid>();
        Tokens["owner"] = owner["accessToken"]!.GetValue<string>();
        foreach (var (name, role) in new[] { ("admin", "admin"), ("agent", "agent"), ("viewer", "viewer"), ("spare", "agent"), (Gone, "agent") })
        {
            var invitation = await PostAsync("/api/v1/members/invitations", new { email = Email(name), role }, ct);
            var joined = await CallAsync(HttpMethod.Post, "/api/v1/auth/register", new { email = Email(name), password = Password, displayName = name == Gone ? "Somebody" : $"{name} {Published}", invitationToken = invitation["token"]!.GetValue<string>() }, ct);
            Tokens[name] = joined["accessToken"]!.GetValue<string>();
            Pools.Add("refreshTokens", joined["refreshToken"]!.GetValue<string>());
        }

        foreach (var (name, scopes) in new[] { ("token", Scopes), ("reading token", [.. Scopes.Where(s => s.EndsWith(":read", StringComparison.Ordinal))]) })
        {
            Tokens[name] = (await PostAsync("/api/v1/auth/tokens", new { name = $"{name} {Word}", scopes }, ct))["token"]!.GetValue<string>();
        }

        var waiting = await PostAsync("/api/v1/members/invitations", new { email = $"waiting.{Word}@example.com", role = "agent" }, ct);
        Pools.Add("invitationTokens", waiting["token"]!.GetValue<string>());
        Pools.Add("inventedTokens", $"omni_inv_{new string('A', 48)}", $"omni_once_{new string('A', 43)}");
        await PostAsync("/api/v1/auth/forgot-password", new { email = Email("viewer") }, ct);
    }

    private async Task ContactsAsync(List<string> labels, CancellationToken ct)
    {
        var contacts = new List<string>();
        for (var i = 0; i < 4; i++)
        {
            contacts.Add(IdOf(await PostAsync("/api/v1/contacts", new { name = $"Person {i} {Word}", labels = new[] { labels[0] }, attributes = new { city = $"Town {Word}" } }, ct)));
        }

        await PostAsync($"/api/v1/contacts/{contacts[0]}/merge", new { otherId = contacts[1] }, ct);
    }

    private async Task<(string Channel, string Sandbox)> ChannelsAsync(int index, CancellationToken ct)
    {
        var business = $"8001002003{index:000}";
        platform.Simulator.Register(new SimulatedAccount(_number, business, $"token-{Word}", AppSecret)
        {
            WebhookUrl = new Uri(http.BaseAddress!, "/webhooks/whatsapp"),
            Templates = [new JsonObject { ["id"] = "1", ["name"] = "welcome", ["language"] = "en", ["category"] = "UTILITY", ["status"] = "APPROVED", ["components"] = new JsonArray(new JsonObject { ["type"] = "BODY", ["text"] = $"Welcome {Word}" }) }],
        });
        var channel = IdOf(await PostAsync("/api/v1/channels", new { kind = "whatsapp", name = $"Line {Published}", credentials = new { phoneNumberId = _number, businessAccountId = business, accessToken = $"token-{Word}" } }, ct));
        var sandbox = IdOf(await PostAsync("/api/v1/channels", new { kind = "whatsapp", name = $"Play {Published}", sandbox = true }, ct));
        var chat = await PostAsync("/api/v1/channels", new { kind = "widget", name = $"Chat {Published}" }, ct);
        SiteKey = chat["siteKey"]!.GetValue<string>();
        Pools.Add("siteKeys", SiteKey);
        return (channel, sandbox);
    }

    private async Task CustomersWriteAsync(string sandbox, CancellationToken ct)
    {
        for (var i = 0; i < 2; i++)
        {
            await platform.Simulator.ReceiveFromCustomerAsync(_number, new SimulatedPerson($"4791{_number[^3..]}{i:000}", $"Customer {i} {Word}"), $"The lantern of {Word} {i}");
            await PostAsync($"/api/v1/sandbox/{sandbox}/inbound", new { contact = new { name = $"Player {i} {Word}" }, type = "text", text = $"The lantern plays {Word} {i}" }, ct);
        }

        await platform.Simulator.ReceiveFileFromCustomerAsync(_number, new SimulatedPerson($"4791{_number[^3..]}000", $"Customer 0 {Word}"), "document", "text/plain", Encoding.UTF8.GetBytes($"Their file {Word}"), $"Caption {Word}");
        await UntilConversationsAsync(4, ct);
    }

    private async Task VisitorsWriteAsync(CancellationToken ct)
    {
        for (var i = 0; i < 2; i++)
        {
            var about = new { name = $"Visitor {i} {Word}", email = $"visitor{i}.{Word}@example.com", page = new { url = $"https://shop.example.com/{Word}", title = $"Page {Word}" } };
            var token = (await PostAsync($"/widget/{SiteKey}/visitors", about, ct))["token"]!.GetValue<string>();
            VisitorTokens.Add(token);
            await AsVisitorAsync(token, $"/widget/{SiteKey}/messages", JsonContent.Create(new { clientId = OmniId.New(), text = $"The lantern on the page {Word}", page = about.page }), ct);
        }

        Pools.Add("visitorTokens", [.. VisitorTokens]);
        await UntilConversationsAsync(6, ct);
        using var form = Form($"{Word}-visitor.txt", Encoding.UTF8.GetBytes($"Visitor's file {Word}"));
        var file = await AsVisitorAsync(VisitorTokens[0], $"/widget/{SiteKey}/files", form, ct);
        await AsVisitorAsync(VisitorTokens[0], $"/widget/{SiteKey}/messages", JsonContent.Create(new { clientId = OmniId.New(), text = $"See {Word}", attachments = new[] { IdOf(file) } }), ct);
        for (Match address; Pools.Of("signatures").Count == 0; await Task.Delay(20, ct))
        {
            // The address of the file is signed; the signature is tried at the other organization's chat.
            using var request = new HttpRequestMessage(HttpMethod.Get, $"/widget/{SiteKey}/messages") { Headers = { { "X-Omni-Visitor", VisitorTokens[0] } } };
            using var answer = await http.SendAsync(request, ct);
            address = SignedAddress().Match(await answer.Content.ReadAsStringAsync(ct));
            Pools.Add("signedFiles", address.Groups[1].Value);
            Pools.Add("signedUntil", address.Groups[2].Value);
            Pools.Add("signatures", address.Groups[3].Value);
        }
    }

    private async Task<JsonNode> AsVisitorAsync(string token, string path, HttpContent body, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = body, Headers = { { "X-Omni-Visitor", token } } };
        using var answer = await http.SendAsync(request, ct);
        var text = await answer.Content.ReadAsStringAsync(ct);
        return answer.IsSuccessStatusCode ? JsonNode.Parse(text)!["data"]! : throw new InvalidOperationException($"{path}: {text}");
    }

    private async Task WorkAsync(List<string> labels, string file, string picture, CancellationToken ct)
    {
        var agent = (await CallAsync(HttpMethod.Patch, "/api/v1/users/me", new { displayName = $"agent {Published}" }, ct, token: Tokens["agent"]))["id"]!.GetValue<string>();
        var conversations = (await GetAsync("/api/v1/conversations?status=all&limit=50", ct)).AsArray();
        var attachments = new[] { file, picture };
        foreach (var id in conversations.Select(c => c!["id"]!.GetValue<string>()))
        {
            await CallAsync(HttpMethod.Patch, $"/api/v1/conversations/{id}", new { labels, assigneeId = agent }, ct);
            await PostAsync($"/api/v1/conversations/{id}/messages", new { clientId = OmniId.New(), kind = "note", text = $"Note {Word}", mentions = new[] { agent } }, ct);
            await PostAsync($"/api/v1/conversations/{id}/messages", new { clientId = OmniId.New(), kind = "reply", text = $"Reply {Word}", attachments }, ct);
            attachments = [];
            await CallAsync(HttpMethod.Put, $"/api/v1/conversations/{id}/draft", new { mode = "reply", text = $"Draft {Word}" }, ct);
            var message = (await GetAsync($"/api/v1/conversations/{id}/messages?limit=50", ct)).AsArray().First(m => m!["direction"]!.GetValue<string>() == "in")!;
            using var reaction = new HttpRequestMessage(HttpMethod.Put, $"/api/v1/messages/{message["id"]}/reaction") { Content = JsonContent.Create(new { emoji = "👍" }) };
            reaction.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Tokens["owner"]);
            using var ignored = await http.SendAsync(reaction, ct); // not every channel has reactions
        }

        using var loose = Form($"{Word}-unsent.txt", Encoding.UTF8.GetBytes($"Unsent {Word}"));
        await PostAsync("/api/v1/media", loose, ct);
        foreach (var cursor in new[] { "conversations?status=all", "contacts?x=1", "search?q=lantern", "members?x=1", "audit-log?x=1", "webhook-events?x=1", "notifications?x=1" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/v1/{cursor}&limit=1") { Headers = { Authorization = new AuthenticationHeaderValue("Bearer", Tokens["owner"]) } };
            using var answer = await http.SendAsync(request, ct);
            var page = JsonNode.Parse(await answer.Content.ReadAsStringAsync(ct))?["pagination"];
            Pools.Add("cursors", page?["nextCursor"]?.GetValue<string>() ?? "");
        }
    }

    private async Task UntilConversationsAsync(int count, CancellationToken ct)
    {
        while ((await GetAsync("/api/v1/conversations?status=all&limit=50", ct)).AsArray().Count < count)
        {
            await Task.Delay(20, ct);
        }
    }

    private async Task<JsonNode> UploadAsync(string path, string name, byte[] content, CancellationToken ct)
    {
        using var form = Form(name, content);
        return await PostAsync(path, form, ct);
    }

    /// <summary>A form with one file.</summary>
    internal static MultipartFormDataContent Form(string name, byte[] content) => new() { { new ByteArrayContent(content) { Headers = { ContentType = new("application/octet-stream") } }, "file", name } };

    [GeneratedRegex(@"files/([0-9a-f-]{36})\?e=(\d+)(?:&|\\u0026)s=([\w-]+)")]
    private static partial Regex SignedAddress();

    private static string IdOf(JsonNode made) => (made as JsonArray is { } many ? many[0]! : made)["id"]!.GetValue<string>();
}
