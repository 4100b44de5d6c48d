using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Npgsql;
using Omni.Core.Common;
using Omni.Infrastructure.Channels.Simulator;

namespace Omni.Tests.Support;

/// <summary>The whole spine with its real parts: the built program as a process of its own, PostgreSQL, and a simulated platform that posts to its webhooks and takes its sends. One organization with one connected WhatsApp number.</summary>
internal sealed class SpineRig : IAsyncDisposable
{
    internal const string NumberId = "700100200300501";
    internal const string BusinessId = "800100200300500";
    internal const string AppSecret = "spine-app-secret";
    internal const string Token = "spine-token";
    internal const string Password = "correct horse fjord";

    private readonly string[] _settings;
    private readonly NpgsqlDataSource _source;

    private SpineRig(OmniProcess omni, SimulatorServer server, string connectionString, string[] settings)
    {
        (Omni, Server, ConnectionString, _settings) = (omni, server, connectionString, settings);
        _source = NpgsqlDataSource.Create(connectionString);
        Api = new HttpClient { BaseAddress = omni.Address };
    }

    internal OmniProcess Omni { get; private set; }

    internal SimulatorServer Server { get; }

    internal GraphSimulator Platform => Server.Simulator;

    internal SimulatedAccount Account { get; private set; } = null!;

    internal string ConnectionString { get; }

    /// <summary>Calls the API as the owner.</summary>
    internal HttpClient Api { get; private set; }

    internal Guid OrganizationId { get; private set; }

    internal Guid ChannelId { get; private set; }

    internal string Email { get; } = "ann@example.com";

    /// <summary>Starts everything on a database of its own.</summary>
    internal static async Task<SpineRig> StartAsync(string connectionString, params string[] settings)
    {
        var server = await SimulatorServer.StartAsync();
        string[] all =
        [
            $"--ConnectionStrings:Postgres={connectionString}", $"--Platforms:Meta:GraphUrl={server.Url}", $"--Platforms:Meta:InstagramGraphUrl={server.Url}", $"--Platforms:Meta:LoginUrl={server.Url}", $"--Platforms:Meta:AppSecret={AppSecret}",
            $"--Platforms:TikTok:ApiUrl={server.Url}", $"--Platforms:TikTok:LoginUrl={server.Url}",
            "--Platforms:Meta:VerifyToken=spine-verify", $"--Platforms:Reddit:ApiUrl={server.RedditUrl}", $"--Platforms:Reddit:AuthUrl={server.RedditUrl}", "--Omni:Logs=text", .. settings,
        ];
        var omni = await OmniProcess.StartAsync(null, all);
        var rig = new SpineRig(omni, server, connectionString, all);
        await rig.RegisterAsync();
        return rig;
    }

    /// <summary>Another node on the same database and data folder.</summary>
    internal Task<OmniProcess> StartNodeAsync(params string[] settings) => OmniProcess.StartAsync(Omni.DataDirectory + "-" + OmniId.New().ToString("N")[..6], [.. _settings, .. settings]);

    /// <summary>Starts the program again after it was stopped or killed; on the same address, so that the platform finds it.</summary>
    internal async Task RestartAsync()
    {
        var (address, folder, authorization) = (Omni.Address, Omni.DataDirectory, Api.DefaultRequestHeaders.Authorization);
        Omni = await OmniProcess.StartAsync(folder, [.. _settings, $"--urls={address.ToString().TrimEnd('/')}"]);
        Api = new HttpClient { BaseAddress = Omni.Address };
        Api.DefaultRequestHeaders.Authorization = authorization;
    }

    /// <summary>Reads one value as the owner of the schema, past the walls.</summary>
    internal async Task<T> QueryAsync<T>(string sql)
    {
        await using var command = _source.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>Runs a statement as the owner of the schema.</summary>
    internal async Task ExecuteAsync(string sql)
    {
        await using var command = _source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>Waits until a count is reached.</summary>
    internal Task UntilAsync(string sql, long count, TimeSpan? within = null) =>
        Eventually.HoldsAsync(async () => await QueryAsync<long>(sql) == count, $"{sql} = {count}", within ?? TimeSpan.FromSeconds(30));

    /// <summary>Calls the API and returns the data of a success.</summary>
    internal async Task<JsonNode?> CallAsync(HttpMethod method, string path, object? body = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
        using var response = await Api.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, $"{method} {path}: {(int)response.StatusCode} {text}\n{Omni.Output}");
        return text.Length == 0 ? null : JsonNode.Parse(text)!["data"];
    }

    public async ValueTask DisposeAsync()
    {
        Api.Dispose();
        await Omni.DisposeAsync();
        await Server.DisposeAsync();
        await _source.DisposeAsync();
    }

    private async Task RegisterAsync()
    {
        var answer = await CallAsync(HttpMethod.Post, "/api/v1/auth/register", new { email = Email, password = Password, displayName = "Ann Berg", organizationName = "Fjord" });
        Api.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", answer!["accessToken"]!.GetValue<string>());
        OrganizationId = answer["organization"]!["id"]!.GetValue<Guid>();
        Account = Platform.Register(new SimulatedAccount(NumberId, BusinessId, Token, AppSecret) { WebhookUrl = new Uri(Omni.Address, "/webhooks/whatsapp") });
        var channel = await CallAsync(HttpMethod.Post, "/api/v1/channels", new
        {
            kind = "whatsapp",
            name = "Support line",
            credentials = new { phoneNumberId = NumberId, businessAccountId = BusinessId, accessToken = Token },
        });
        ChannelId = channel!["id"]!.GetValue<Guid>();
    }
}
