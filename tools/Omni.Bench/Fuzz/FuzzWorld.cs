using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Npgsql;
using Omni.Bench.Rig;
using Omni.Infrastructure.Channels.Simulator;

namespace Omni.Bench.Fuzz;

/// <summary>A running Omni with two organizations and everybody who calls.</summary>
internal sealed class FuzzWorld : IAsyncDisposable
{
    private static int _addresses;

    private readonly BenchDatabase _database;
    private readonly SimulatorServer _platform;
    private readonly DirectoryInfo _data;
    private readonly TextWriter? _log;

    private FuzzWorld(BenchDatabase database, SimulatorServer platform, ServerProcess program, string connectionString, DirectoryInfo data, TextWriter? log)
    {
        (_database, _platform, Program, ConnectionString, _data, _log) = (database, platform, program, connectionString, data, log);
        Http = Client();
    }

    /// <summary>The program.</summary>
    internal ServerProcess Program { get; }

    /// <summary>Its database, as the owner of the schema.</summary>
    internal string ConnectionString { get; }

    /// <summary>A client that carries nothing by itself.</summary>
    internal HttpClient Http { get; }

    /// <summary>Whose things nobody may see.</summary>
    internal FuzzSide Victim { get; private set; } = null!;

    /// <summary>Who tries.</summary>
    internal FuzzSide Attacker { get; private set; } = null!;

    /// <summary>Everybody of the attacker's side, and those without a side.</summary>
    internal List<FuzzCaller> Callers { get; } = [];

    /// <summary>The attacker's owner.</summary>
    internal FuzzCaller Owner => Callers.First(c => c.Name == "owner");

    /// <summary>The owner in a browser.</summary>
    internal FuzzCaller Browser => Callers.First(c => c.Name == "owner's browser");

    /// <summary>Starts everything.</summary>
    internal static async Task<FuzzWorld> StartAsync(BenchOptions options, CancellationToken ct)
    {
        var database = await BenchDatabase.StartAsync(isProfiled: false, ct);
        var connectionString = await database.CreateAsync(BenchDatabase.Product, ct);
        var platform = await SimulatorServer.StartAsync(ct: ct);
        var data = Directory.CreateTempSubdirectory("omni-fuzz-");
        const string wide = "1000000";
        string[] limits =
        [
            "Omni:Limits:AddressPerMinute", "Omni:Limits:AddressBurst", "Omni:Limits:TokenPerMinute", "Omni:Limits:TokenBurst", "Omni:Limits:OrganizationPerMinute", "Omni:Limits:OrganizationBurst",
            "Omni:Widget:AddressCallsPerMinute", "Omni:Widget:AddressVisitorsPerMinute", "Omni:Widget:VisitorMessagesPerMinute", "Omni:Widget:ChannelMessagesPerMinute",
        ];
        var log = options.Text("logs", "") is { Length: > 0 } folder
            ? TextWriter.Synchronized(new StreamWriter(Path.Combine(Directory.CreateDirectory(folder).FullName, "fuzz.log")) { AutoFlush = true })
            : null;
        var program = await ServerProcess.StartAsync(
            Modes.Bench.ProgramFile(options),
            [
                "--Urls=http://127.0.0.1:{port}", $"--Omni:DataDirectory={data.FullName}", $"--ConnectionStrings:Postgres={connectionString}", "--Omni:Registration=open", "--Omni:Logs=text", "--Omni:TrustedProxies=127.0.0.1",
                $"--Platforms:Meta:GraphUrl={platform.Url}", $"--Platforms:Meta:AppSecret={FuzzSide.AppSecret}", "--Platforms:Meta:VerifyToken=fuzz-verify", .. limits.Select(l => $"--{l}={wide}"),
            ],
            "/health/live", 0, ct, log: log);
        var world = new FuzzWorld(database, platform, program, connectionString, data, log);
        try
        {
            await world.BuildAsync(ct);
            return world;
        }
        catch
        {
            await world.DisposeAsync();
            throw;
        }
    }

    /// <summary>A new session of somebody who may lose it.</summary>
    internal async Task<FuzzCaller> SpareAsync(bool isMember, CancellationToken ct)
    {
        if (isMember)
        {
            return new("spare", Bearer(await SignInAsync(Attacker.Email("spare"), ct)));
        }

        var made = await PostAsync("/api/v1/auth/register", new { email = $"{Guid.NewGuid():N}@example.com", password = FuzzSide.Password, displayName = "Passer-by", organizationName = "Elsewhere" }, ct);
        return new("passer-by", Bearer(made["accessToken"]!.GetValue<string>()));
    }

    /// <summary>Administers the installation; for the calls that only such a person may make.</summary>
    internal FuzzCaller Operator { get; private set; } = null!;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await Program.DisposeAsync();
        _log?.Dispose();
        await _platform.DisposeAsync();
        NpgsqlConnection.ClearAllPools();
        await _database.DisposeAsync();
        _data.Delete(recursive: true);
    }

    private HttpClient Client(CookieContainer? cookies = null) => new(new SocketsHttpHandler
    {
        UseProxy = false, AllowAutoRedirect = false, UseCookies = cookies is not null, CookieContainer = cookies ?? new CookieContainer(), MaxConnectionsPerServer = 100,
    })
    { BaseAddress = new Uri($"http://127.0.0.1:{Program.Port}"), Timeout = TimeSpan.FromSeconds(60) };

    private async Task BuildAsync(CancellationToken ct)
    {
        // The first account administers the installation and sees organizations by right: it is nobody of the two.
        var first = await PostAsync("/api/v1/auth/register", new { email = "operator@example.com", password = FuzzSide.Password, displayName = "Operator", organizationName = "Operators" }, ct);
        Operator = new FuzzCaller("operator", Bearer(first["accessToken"]!.GetValue<string>()));
        var mark = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(5));
        Victim = new FuzzSide(Http, _platform, $"canary{mark}", $"shown{mark}");
        Attacker = new FuzzSide(Http, _platform, $"plain{mark}", $"open{mark}");
        await Victim.BuildAsync(1, ct);
        await Attacker.BuildAsync(2, ct);
        await CallersAsync(ct);
    }

    /// <summary>Reads what both have. Taken after everything has happened in them that shall happen.</summary>
    internal async Task HarvestAsync(CancellationToken ct)
    {
        await Victim.Pools.HarvestAsync(ConnectionString, Victim.Id, ct);
        await Attacker.Pools.HarvestAsync(ConnectionString, Attacker.Id, ct);
    }

    private async Task CallersAsync(CancellationToken ct)
    {
        foreach (var (name, token) in Attacker.Tokens.Where(t => t.Key is not ("spare" or "gone")))
        {
            Callers.Add(new FuzzCaller(name, Bearer(token)));
        }

        foreach (var role in new[] { "owner", "agent", "viewer" })
        {
            Callers.Add(await BrowserAsync(role, ct));
        }

        // Somebody who belonged to the other organization until a moment ago.
        var gone = await Victim.CallAsync(HttpMethod.Get, "/api/v1/users/me", new { }, ct, token: Victim.Tokens["gone"]);
        await Victim.CallAsync(HttpMethod.Delete, $"/api/v1/members/{gone["id"]}", new { }, ct);
        Callers.Add(new FuzzCaller("former member, old token", Bearer(Victim.Tokens["gone"])));
        Callers.Add(new FuzzCaller("former member, signed in again", Bearer(await SignInAsync(Victim.Email(FuzzSide.Gone), ct))));
        Callers.Add(new FuzzCaller("nobody", new Dictionary<string, string>()));
        Callers.Add(new FuzzCaller("token of no form", Bearer("nonsense")));
        Callers.Add(new FuzzCaller("unknown token", Bearer("omni_at_" + new string('A', 43))));
    }

    private async Task<FuzzCaller> BrowserAsync(string role, CancellationToken ct)
    {
        var cookies = new CookieContainer();
        using var browser = Client(cookies);
        var page = await browser.GetStringAsync("/signin", ct);
        var fields = Regex.Matches(page, "<input type=\"hidden\" name=\"([^\"]+)\" value=\"([^\"]*)\"").Select(m => KeyValuePair.Create(m.Groups[1].Value, WebUtility.HtmlDecode(m.Groups[2].Value)))
            .Append(new("Form.Email", Attacker.Email(role))).Append(new("Form.Password", FuzzSide.Password));
        using var form = new FormUrlEncodedContent(fields);
        using var signedIn = await browser.PostAsync("/signin", form, ct);
        var token = JsonNode.Parse(await browser.GetStringAsync("/api/v1/auth/antiforgery", ct))!["data"]!["token"]!.GetValue<string>();
        return new FuzzCaller($"{role}'s browser", new Dictionary<string, string> { ["Cookie"] = cookies.GetCookieHeader(browser.BaseAddress!), ["X-CSRF-TOKEN"] = token });
    }

    private async Task<string> SignInAsync(string email, CancellationToken ct) =>
        (await PostAsync("/api/v1/auth/login", new { email, password = FuzzSide.Password }, ct))["accessToken"]!.GetValue<string>();

    private async Task<JsonNode> PostAsync(string path, object body, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body) };
        if (Operator is not null)
        {
            request.Headers.Add("X-Forwarded-For", NewAddress()); // the first account is made from this machine itself
        }

        using var answer = await Http.SendAsync(request, ct);
        var text = await answer.Content.ReadAsStringAsync(ct);
        return answer.IsSuccessStatusCode ? JsonNode.Parse(text)!["data"]! : throw new InvalidOperationException($"{path}: {text}");
    }

    /// <summary>An address that has not tried anything yet: one address may sign in or register only so often.</summary>
    internal static string NewAddress()
    {
        var number = Interlocked.Increment(ref _addresses);
        return $"10.{(number >> 16) & 255}.{(number >> 8) & 255}.{number & 255}";
    }

    private static Dictionary<string, string> Bearer(string token) => new() { ["Authorization"] = $"Bearer {token}" };
}
