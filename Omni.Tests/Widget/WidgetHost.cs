using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Npgsql;
using Omni.Core.Common;
using Omni.Tests.Api;
using Omni.Tests.Identity;
using Omni.Tests.Support;

namespace Omni.Tests.Widget;

/// <summary>The real program with a mail server, an organization and its website chat; another organization beside it. One start for all tests of a class.</summary>
public class WidgetHost : IAsyncLifetime
{
    /// <summary>A site that may show the chat.</summary>
    public const string Shop = "https://shop.example.com";

    private readonly SmtpServer _mail = new();
    private NpgsqlDataSource _source = null!;
    private OmniProcess _omni = null!;
    private string _database = "";

    /// <summary>Calls the API as the owner.</summary>
    public HttpClient Api { get; private set; } = null!;

    /// <summary>Calls the API as the owner of the other organization.</summary>
    public HttpClient Other { get; private set; } = null!;

    public Guid ChannelId { get; private set; }

    public string SiteKey { get; private set; } = "";

    /// <summary>The other organization's chat.</summary>
    public string OtherKey { get; private set; } = "";

    public string Output => _omni.Output;

    public Uri Address => _omni.Address;

    public System.Diagnostics.Process Process => _omni.Process;

    /// <summary>Letters the mail server took: address and text.</summary>
    public IEnumerable<(string To, string Text)> Letters => _mail.Letters;

    protected virtual bool HasMail => true;

    /// <summary>Limits are wide, as all visitors of these tests come from one address.</summary>
    protected virtual IEnumerable<string> Settings =>
    [
        "--Omni:Widget:AddressCallsPerMinute=100000", "--Omni:Widget:AddressVisitorsPerMinute=100000", "--Omni:Widget:VisitorMessagesPerMinute=100000", "--Omni:Widget:MailAfterSeconds=1",
    ];

    public async Task InitializeAsync()
    {
        _database = await Database.CreateAsync();
        _source = NpgsqlDataSource.Create(_database);
        string[] mail = HasMail ? ["--Smtp:Host=127.0.0.1", $"--Smtp:Port={_mail.Port}", "--Smtp:From=omni@example.com", "--Smtp:Security=None"] : [];
        _omni = await OmniProcess.StartAsync(null, [$"--ConnectionStrings:Postgres={_database}", "--Omni:Logs=text", "--Omni:Registration=open", .. mail, .. Settings]);
        Api = await RegisterAsync("ann@example.com", "Fjord");
        Other = await RegisterAsync("bo@example.com", "Gipfel");
        var channel = await ConnectAsync(Api, new { sites = (string[])[Shop, "*.fjord.example"] });
        (ChannelId, SiteKey) = (channel["id"]!.GetValue<Guid>(), channel["siteKey"]!.GetValue<string>());
        OtherKey = (await ConnectAsync(Other, null))["siteKey"]!.GetValue<string>();
    }

    public async Task DisposeAsync()
    {
        Api.Dispose();
        Other.Dispose();
        await _omni.DisposeAsync();
        await _source.DisposeAsync();
        await _mail.DisposeAsync();
        await Database.DropAsync(_database);
    }

    /// <summary>Makes a website chat.</summary>
    public static async Task<JsonNode> ConnectAsync(HttpClient api, object? settings, string name = "Shop chat") =>
        await (await api.PostAsJsonAsync("/api/v1/channels", new { kind = "widget", name, settings })).DataAsync(HttpStatusCode.Created);

    /// <summary>A client that knows nobody.</summary>
    public HttpClient Client() => new(new SocketsHttpHandler { UseProxy = false, UseCookies = false, AllowAutoRedirect = false }) { BaseAddress = Address, Timeout = TimeSpan.FromSeconds(100) };

    /// <summary>A browser with an open chat.</summary>
    public async Task<TestVisitor> VisitAsync(object? about = null, string? siteKey = null)
    {
        var visitor = new TestVisitor(Client(), siteKey ?? SiteKey) { Log = () => Output };
        await visitor.BeginAsync(about);
        return visitor;
    }

    /// <summary>Reads one value as the owner of the schema, past the walls.</summary>
    public async Task<T> QueryAsync<T>(string sql)
    {
        await using var command = _source.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>Changes rows past the walls.</summary>
    public async Task ExecuteAsync(string sql)
    {
        await using var command = _source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>The conversation whose newest message from a visitor has these words, once it is in the inbox.</summary>
    public async Task<JsonNode> ConversationAsync(string text, HttpClient? api = null)
    {
        JsonNode? found = null;
        await Eventually.HoldsAsync(
            async () => (found = (await (await (api ?? Api).GetAsync("/api/v1/conversations?limit=200")).DataAsync()).AsArray().FirstOrDefault(c => c!["lastMessage"]?["preview"]?.GetValue<string>() == text)) is not null,
            $"the inbox shows '{text}'\n{Output}");
        return found!;
    }

    /// <summary>Answers as the owner.</summary>
    public async Task<Guid> ReplyAsync(JsonNode conversation, string text, HttpClient? api = null)
    {
        var answer = await (api ?? Api).PostAsJsonAsync($"/api/v1/conversations/{conversation["id"]}/messages", new { clientId = OmniId.New(), kind = "reply", text });
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["data"]!["id"]?.GetValue<Guid>() ?? Guid.Empty;
    }

    private async Task<HttpClient> RegisterAsync(string email, string organization)
    {
        var http = Client();
        var answer = await http.PostAsJsonAsync("/api/v1/auth/register", new { email, password = "correct horse fjord", displayName = email.Split('@')[0], organizationName = organization });
        var data = await answer.DataAsync(HttpStatusCode.Created);
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", data["accessToken"]!.GetValue<string>());
        return http;
    }
}
