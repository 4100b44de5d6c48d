using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using Omni.Core.Identity;
using Omni.Tests.Identity;
using Omni.Tests.Support;

namespace Omni.Tests.Tenancy;

public sealed class MemberTests(DatabaseFixture database) : IClassFixture<DatabaseFixture>, IAsyncLifetime
{
    private static readonly TimeSpan Promise = TimeSpan.FromSeconds(5);

    private IdentityHost _omni = null!;
    private Person _ann = null!;

    public async Task InitializeAsync()
    {
        _omni = await IdentityHost.StartAsync(database.ConnectionString, ("Omni:Registration", "open"));
        _ann = await _omni.RegisterAsync($"ann-{Guid.NewGuid():N}@example.com");
    }

    public async Task DisposeAsync() => await _omni.DisposeAsync();

    [Fact]
    public async Task An_invitation_used_fifty_times_at_once_lets_one_in()
    {
        using var http = _omni.Client(_ann.Token);
        var invitation = await IdentityHost.DataAsync(await http.PostAsJsonAsync("/api/v1/members/invitations", new { email = "crowd@example.com", role = "agent" }), HttpStatusCode.Created);
        var token = invitation["token"]!.GetValue<string>();
        var accept = _omni.Get<Omni.Core.Tenancy.InvitationService>();
        var crowd = new List<SessionState>();
        for (var i = 0; i < 10; i++)
        {
            var person = await _omni.RegisterAsync($"crowd-{Guid.NewGuid():N}@example.com");
            var sessionId = (await _omni.Get<TokenReader>().FindAsync(person.Token, default)).Value;
            crowd.Add((await _omni.Get<SessionReader>().ReadAsync(sessionId, default))!);
        }

        var results = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => accept.AcceptAsync(crowd[i % 10], token, new Caller(null, ""), default)));

        Assert.Equal(1, results.Count(r => r.Succeeded(out _, out _)));
        Assert.Equal(2, (await IdentityHost.DataAsync(await http.GetAsync("/api/v1/members"))).AsArray().Count);
    }

    [Fact]
    public async Task Another_organizations_member_does_not_exist()
    {
        var bo = await _omni.RegisterAsync($"bo-{Guid.NewGuid():N}@example.com");
        using var http = _omni.Client(_ann.Token);
        Assert.Equal(404, await IdentityHost.CodeAsync(await http.GetAsync($"/api/v1/users/{bo.Id}"), HttpStatusCode.NotFound));
        Assert.Equal(404, await IdentityHost.CodeAsync(await http.PatchAsJsonAsync($"/api/v1/members/{bo.Id}", new { role = "viewer" }), HttpStatusCode.NotFound));
        Assert.Equal(404, await IdentityHost.CodeAsync(await http.DeleteAsync($"/api/v1/members/{bo.Id}"), HttpStatusCode.NotFound));
        http.DefaultRequestHeaders.Add("X-Organization-Id", bo.OrganizationId.ToString());
        Assert.Equal(404, await IdentityHost.CodeAsync(await http.GetAsync("/api/v1/members"), HttpStatusCode.NotFound));
    }

    [Fact]
    public async Task Roles_decide_who_manages_members()
    {
        var admin = await _omni.JoinAsync(_ann, $"admin-{Guid.NewGuid():N}@example.com", "admin");
        var agent = await _omni.JoinAsync(admin, $"agent-{Guid.NewGuid():N}@example.com", "agent");
        using var asAgent = _omni.Client(agent.Token);
        using var asAdmin = _omni.Client(admin.Token);
        using var asOwner = _omni.Client(_ann.Token);
        Assert.Equal(403, await IdentityHost.CodeAsync(await asAgent.PostAsJsonAsync("/api/v1/members/invitations", new { email = "x@example.com" }), HttpStatusCode.Forbidden));
        Assert.Equal(403, await IdentityHost.CodeAsync(await asAgent.PatchAsJsonAsync($"/api/v1/members/{agent.Id}", new { role = "admin" }), HttpStatusCode.Forbidden));
        Assert.Equal(403, await IdentityHost.CodeAsync(await asAdmin.PatchAsJsonAsync($"/api/v1/members/{agent.Id}", new { role = "owner" }), HttpStatusCode.Forbidden));
        Assert.Equal(403, await IdentityHost.CodeAsync(await asAdmin.DeleteAsync($"/api/v1/members/{_ann.Id}"), HttpStatusCode.Forbidden));
        Assert.Equal(409, await IdentityHost.CodeAsync(await asOwner.PatchAsJsonAsync($"/api/v1/members/{_ann.Id}", new { role = "admin" }), HttpStatusCode.Conflict));
        await IdentityHost.DataAsync(await asAdmin.PatchAsJsonAsync($"/api/v1/members/{agent.Id}", new { role = "viewer" }));
    }

    [Theory]
    [InlineData("logout", "signedOut")]
    [InlineData("remove", "removed")]
    [InlineData("role", "roleChanged")]
    [InlineData("suspend", "suspended")]
    [InlineData("password", "passwordChanged")]
    public async Task What_ends_a_session_ends_its_open_stream_within_five_seconds(string cause, string reason)
    {
        var bo = await _omni.JoinAsync(_ann, $"bo-{Guid.NewGuid():N}@example.com", "agent");
        var (stream, lines) = await OpenStreamAsync(bo);
        using var owner = _omni.Client(_ann.Token);
        using var his = _omni.Client(bo.Token);
        var clock = Stopwatch.StartNew();

        switch (cause)
        {
            case "logout": await IdentityHost.DataAsync(await his.PostAsync("/api/v1/auth/logout", null)); break;
            case "remove": await IdentityHost.DataAsync(await owner.DeleteAsync($"/api/v1/members/{bo.Id}")); break;
            case "role": await IdentityHost.DataAsync(await owner.PatchAsJsonAsync($"/api/v1/members/{bo.Id}", new { role = "viewer" })); break;
            case "suspend": await SuspendAsync(bo.OrganizationId); break;
            default: await _omni.Get<SessionService>().EndAllAsync(bo.Id, SessionEnd.PasswordChanged, all => all, default); break;
        }

        Assert.Equal($"end {reason}", await lines.ReadLineAsync().WaitAsync(Promise));
        Assert.True(clock.Elapsed < Promise, $"It took {clock.Elapsed}.");
        stream.Dispose();
    }

    [Fact]
    public async Task A_session_that_another_node_ended_without_a_hint_is_found_by_the_sweep_within_five_seconds()
    {
        var bo = await _omni.JoinAsync(_ann, $"bo-{Guid.NewGuid():N}@example.com", "agent");
        var (stream, lines) = await OpenStreamAsync(bo);
        await using (var source = Npgsql.NpgsqlDataSource.Create(database.ConnectionString))
        await using (var command = source.CreateCommand("update sessions set revoked_at = now(), ended_by = 'revoked' where user_id = $1"))
        {
            command.Parameters.Add(new() { Value = bo.Id });
            await command.ExecuteNonQueryAsync();
        }

        Assert.Equal("end revoked", await lines.ReadLineAsync().WaitAsync(Promise));
        stream.Dispose();
    }

    [Fact]
    public async Task A_suspended_organization_is_refused_on_every_path()
    {
        using var http = _omni.Client(_ann.Token);
        var made = await IdentityHost.DataAsync(await http.PostAsJsonAsync("/api/v1/auth/tokens", new { name = "robot", scopes = new[] { "members:read" } }), HttpStatusCode.Created);
        await SuspendAsync(_ann.OrganizationId);

        foreach (var path in new[] { "/api/v1/organizations/current", "/api/v1/members", "/api/v1/auth/tokens", $"/api/v1/users/{_ann.Id}" })
        {
            Assert.Equal(1007, await IdentityHost.CodeAsync(await http.GetAsync(path), HttpStatusCode.Forbidden));
        }

        using var robot = _omni.Client(made["token"]!.GetValue<string>());
        Assert.Equal(1007, await IdentityHost.CodeAsync(await robot.GetAsync("/api/v1/members"), HttpStatusCode.Forbidden));
        using var nobody = _omni.Client();
        Assert.Equal(1007, await IdentityHost.CodeAsync(await nobody.PostAsJsonAsync("/api/v1/auth/login", new { email = _ann.Email, password = IdentityHost.Password }), HttpStatusCode.Forbidden));
        Assert.Equal(1007, await IdentityHost.CodeAsync(await nobody.PostAsJsonAsync("/api/v1/auth/refresh", new { refreshToken = _ann.RefreshToken }), HttpStatusCode.Forbidden));
    }

    private async Task<(HttpResponseMessage Stream, StreamReader Lines)> OpenStreamAsync(Person person)
    {
        var http = _omni.Client(person.Token);
        var stream = await http.GetAsync("/test/stream", HttpCompletionOption.ResponseHeadersRead);
        var lines = new StreamReader(await stream.Content.ReadAsStreamAsync());
        Assert.Equal("ready", await lines.ReadLineAsync());
        return (stream, lines);
    }

    private async Task SuspendAsync(Guid organizationId)
    {
        var administrator = new Actor(OmniIdOf(), OmniIdOf(), Omni.Core.Tenancy.MemberRole.Owner, OmniIdOf()) { IsInstallationAdministrator = true };
        var result = await _omni.Get<Omni.Core.Tenancy.InstallationService>().ChangeAsync(administrator, organizationId, null, Omni.Core.Tenancy.OrganizationStatus.Suspended, default);
        Assert.True(result.Succeeded(out _, out _));
    }

    private static Guid OmniIdOf() => Omni.Core.Common.OmniId.New();
}
