using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Omni.Bench.Load;
using Omni.Infrastructure.Channels.Simulator;

namespace Omni.Bench.Rig;

/// <summary>Omni with a number of organizations, each with one connected WhatsApp number of a simulated platform.</summary>
internal sealed class Installation : IAsyncDisposable
{
    private const string Secret = "bench-app-secret";
    private const string Password = "correct horse fjord";

    private readonly SimulatorServer _platform;
    private readonly string _program;
    private readonly string[] _settings;
    private readonly DirectoryInfo _data;

    private Installation(SimulatorServer platform, string program, string connectionString)
    {
        (_platform, _program, ConnectionString) = (platform, program, connectionString);
        _data = Directory.CreateTempSubdirectory("omni-bench-data-");
        _settings =
        [
            "--Urls=http://127.0.0.1:{port}", $"--Omni:DataDirectory={_data.FullName}", $"--ConnectionStrings:Postgres={connectionString}", "--Omni:Registration=open",
            $"--Platforms:Meta:GraphUrl={platform.Url}", $"--Platforms:Meta:AppSecret={Secret}", "--Platforms:Meta:VerifyToken=bench-verify",
        ];
    }

    /// <summary>The running program.</summary>
    internal ServerProcess Program { get; private set; } = null!;

    /// <summary>How to reach its database as the owner.</summary>
    internal string ConnectionString { get; }

    /// <summary>The accounts; they follow the program's port.</summary>
    internal IReadOnlyList<LoadTarget> Targets { get; private set; } = [];

    /// <summary>Starts everything and connects the numbers.</summary>
    /// <param name="program">Omni.Web.dll.</param>
    /// <param name="connectionString">An empty database.</param>
    /// <param name="tenants">Organizations.</param>
    /// <param name="ct">Gives up.</param>
    internal static async Task<Installation> StartAsync(string program, string connectionString, int tenants, CancellationToken ct)
    {
        var installation = new Installation(await SimulatorServer.StartAsync(ct: ct), program, connectionString);
        await installation.StartProgramAsync([], ct);
        var targets = new List<LoadTarget>();
        for (var i = 0; i < tenants; i++)
        {
            targets.Add(await installation.ConnectAsync(i, ct));
        }

        installation.Targets = targets;
        return installation;
    }

    /// <summary>Stops the program and starts it again on the same port with other settings.</summary>
    internal async Task RestartAsync(string[] settings, CancellationToken ct)
    {
        await Program.DisposeAsync();
        await StartProgramAsync(settings, ct);
    }

    /// <summary>Starts the program; after <see cref="ServerProcess.KillAsync"/> too.</summary>
    internal async Task StartProgramAsync(string[] settings, CancellationToken ct) =>
        Program = await ServerProcess.StartAsync(_program, [.. _settings, .. settings], "/health/live", Targets.Count == 0 ? 0 : Targets[0].Port, ct);

    /// <summary>A new token of an organization's owner.</summary>
    internal async Task<string> TokenAsync(int index, CancellationToken ct)
    {
        using var api = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{Program.Port}") };
        return (await PostAsync(api, "/api/v1/auth/login", new { email = Email(index), password = Password }, ct))["accessToken"]!.GetValue<string>();
    }

    /// <summary>Signs an organization's owner in as a browser does.</summary>
    /// <returns>The cookie of the session as <c>name=value</c>.</returns>
    internal async Task<string> SignInAsync(int index, CancellationToken ct)
    {
        using var handler = new SocketsHttpHandler { AllowAutoRedirect = false };
        using var browser = new HttpClient(handler) { BaseAddress = new Uri($"http://127.0.0.1:{Program.Port}") };
        var form = await browser.GetStringAsync("/signin", ct);
        const string field = "name=\"__RequestVerificationToken\" value=\"";
        var from = form.IndexOf(field, StringComparison.Ordinal) + field.Length;
        var token = form[from..form.IndexOf('"', from)];
        using var answer = await browser.PostAsync("/signin", new FormUrlEncodedContent(
        [
            new("_handler", "signin"), new("__RequestVerificationToken", token), new("Form.Email", Email(index)), new("Form.Password", Password),
        ]), ct);
        var cookie = handler.CookieContainer.GetCookies(browser.BaseAddress)["omni"] ?? throw new InvalidOperationException($"Signing in answered {(int)answer.StatusCode}.");
        return $"{cookie.Name}={cookie.Value}";
    }

    /// <summary>A number out of the database.</summary>
    internal Task<long> CountAsync(string sql, CancellationToken ct) => BenchDatabase.CountAsync(ConnectionString, sql, ct);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Program.DisposeAsync();
        await _platform.DisposeAsync();
        _data.Delete(recursive: true);
    }

    private static string Email(int index) => $"owner{index}@example.com";

    private async Task<LoadTarget> ConnectAsync(int index, CancellationToken ct)
    {
        var (number, business) = ($"7001002003{index:000}", $"8001002003{index:000}");
        using var api = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{Program.Port}") };
        var account = await PostAsync(api, "/api/v1/auth/register", new { email = Email(index), password = Password, displayName = $"Owner {index}", organizationName = $"Organization {index}" }, ct);
        api.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", account["accessToken"]!.GetValue<string>());
        _platform.Simulator.Register(new SimulatedAccount(number, business, "bench-token", Secret));
        await PostAsync(api, "/api/v1/channels", new { kind = "whatsapp", name = "Bench", credentials = new { phoneNumberId = number, businessAccountId = business, accessToken = "bench-token" } }, ct);
        return new LoadTarget(Program.Port, "/webhooks/whatsapp", Encoding.UTF8.GetBytes(Secret), number, business);
    }

    private static async Task<JsonNode> PostAsync(HttpClient api, string path, object body, CancellationToken ct)
    {
        using var answer = await api.PostAsJsonAsync(path, body, ct);
        var text = await answer.Content.ReadAsStringAsync(ct);
        return answer.IsSuccessStatusCode ? JsonNode.Parse(text)!["data"]! : throw new InvalidOperationException($"{path}: {text}");
    }
}
