using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Omni.Infrastructure.Channels.Simulator;
using Omni.Tests.Support;

namespace Omni.Tests.Notifications;

/// <summary>The whole program with Ann, who owns an organization with a number, and Bo, who answers; started once for all tests of a class.</summary>
public sealed class NotificationSite : IAsyncLifetime
{
    internal const string BoEmail = "bo@example.com";

    private readonly DatabaseFixture _database = new();

    internal SpineRig Rig { get; private set; } = null!;

    internal Guid Bo { get; private set; }

    /// <summary>Calls the API as Bo.</summary>
    internal HttpClient BoApi { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        await _database.InitializeAsync();
        Rig = await SpineRig.StartAsync(_database.ConnectionString, "--Omni:Egress:Allow=127.0.0.1");
        var invitation = await Rig.CallAsync(HttpMethod.Post, "/api/v1/members/invitations", new { email = BoEmail, role = "agent" });
        var registered = await Rig.CallAsync(HttpMethod.Post, "/api/v1/auth/register", new
        {
            email = BoEmail, password = SpineRig.Password, displayName = "Bo Dahl", invitationToken = invitation!["token"]!.GetValue<string>(),
        });
        Bo = registered!["user"]!["id"]!.GetValue<Guid>();
        BoApi = new HttpClient { BaseAddress = Rig.Omni.Address };
        BoApi.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", registered["accessToken"]!.GetValue<string>());
    }

    public async Task DisposeAsync()
    {
        BoApi.Dispose();
        await Rig.DisposeAsync();
        await _database.DisposeAsync();
    }

    /// <summary>A customer writes in a conversation that is Bo's.</summary>
    /// <returns>The conversation and the message.</returns>
    internal async Task<(Guid Conversation, Guid Message)> WriteToBoAsync(string name, string from, params string[] texts)
    {
        foreach (var text in texts)
        {
            await Rig.Platform.ReceiveFromCustomerAsync(SpineRig.NumberId, new SimulatedPerson(from, name), text);
        }

        var last = texts[^1].Replace("'", "''", StringComparison.Ordinal);
        await Rig.UntilAsync($"select count(*) from messages where text = '{last}'", 1);
        var conversation = await Rig.QueryAsync<Guid>($"select conversation_id from messages where text = '{last}'");
        await Rig.CallAsync(HttpMethod.Patch, $"/api/v1/conversations/{conversation}", new { assigneeId = Bo });
        return (conversation, await Rig.QueryAsync<Guid>($"select id from messages where text = '{last}'"));
    }

    /// <summary>Calls the API as Bo and returns the data of a success.</summary>
    internal async Task<JsonNode?> CallAsBoAsync(HttpMethod method, string path, object? body = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
        using var response = await BoApi.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, $"{method} {path}: {(int)response.StatusCode} {text}");
        return JsonNode.Parse(text)!["data"];
    }
}
