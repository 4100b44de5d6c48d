using System.Net;
using System.Net.Http.Json;
using Omni.Tests.Support;

namespace Omni.Tests.Identity;

public sealed class TokenTests(DatabaseFixture database) : IClassFixture<DatabaseFixture>, IAsyncLifetime
{
    private IdentityHost _omni = null!;
    private Person _ann = null!;

    public async Task InitializeAsync()
    {
        _omni = await IdentityHost.StartAsync(database.ConnectionString, ("Omni:Registration", "open"));
        _ann = await _omni.RegisterAsync($"ann-{Guid.NewGuid():N}@example.com");
    }

    public async Task DisposeAsync() => await _omni.DisposeAsync();

    [Fact]
    public async Task An_access_token_opens_the_account()
    {
        using var http = _omni.Client(_ann.Token);
        var me = await IdentityHost.DataAsync(await http.GetAsync("/api/v1/users/me"));
        Assert.Equal(_ann.Email, me["email"]!.GetValue<string>());
        var organization = await IdentityHost.DataAsync(await http.GetAsync("/api/v1/organizations/current"));
        Assert.Equal("owner", organization["role"]!.GetValue<string>());
    }

    [Fact]
    public async Task Without_or_with_a_wrong_token_nothing_opens()
    {
        using var nobody = _omni.Client();
        Assert.Equal(401, await IdentityHost.CodeAsync(await nobody.GetAsync("/api/v1/users/me"), HttpStatusCode.Unauthorized));
        using var wrong = _omni.Client(_ann.Token[..^1] + (_ann.Token[^1] == 'A' ? 'B' : 'A'));
        Assert.Equal(1002, await IdentityHost.CodeAsync(await wrong.GetAsync("/api/v1/users/me"), HttpStatusCode.Unauthorized));
        using var refresh = _omni.Client(_ann.RefreshToken);
        Assert.Equal(1002, await IdentityHost.CodeAsync(await refresh.GetAsync("/api/v1/users/me"), HttpStatusCode.Unauthorized));
    }

    [Fact]
    public async Task An_access_token_ends_after_fifteen_minutes_and_a_refresh_token_after_seven_days()
    {
        _omni.Clock.Advance(TimeSpan.FromMinutes(15.1));
        using var http = _omni.Client(_ann.Token);
        Assert.Equal(1001, await IdentityHost.CodeAsync(await http.GetAsync("/api/v1/users/me"), HttpStatusCode.Unauthorized));
        var next = await IdentityHost.DataAsync(await RefreshAsync(_ann.RefreshToken));
        _omni.Clock.Advance(TimeSpan.FromDays(7.1));
        Assert.Equal(1005, await IdentityHost.CodeAsync(await RefreshAsync(next["refreshToken"]!.GetValue<string>()), HttpStatusCode.Unauthorized));
    }

    [Fact]
    public async Task The_same_refresh_token_sent_fifty_times_at_once_gives_one_pair()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => RefreshAsync(_ann.RefreshToken)));
        var tokens = new HashSet<string>();
        foreach (var answer in answers)
        {
            tokens.Add((await IdentityHost.DataAsync(answer))["refreshToken"]!.GetValue<string>());
        }

        Assert.Single(tokens);
        await IdentityHost.DataAsync(await RefreshAsync(tokens.Single()));
    }

    [Fact]
    public async Task A_refresh_token_that_comes_back_after_its_successor_was_used_ends_the_whole_session()
    {
        var second = (await IdentityHost.DataAsync(await RefreshAsync(_ann.RefreshToken)))["refreshToken"]!.GetValue<string>();
        var third = await IdentityHost.DataAsync(await RefreshAsync(second));

        Assert.Equal(1005, await IdentityHost.CodeAsync(await RefreshAsync(_ann.RefreshToken), HttpStatusCode.Unauthorized));

        Assert.Equal(1005, await IdentityHost.CodeAsync(await RefreshAsync(third["refreshToken"]!.GetValue<string>()), HttpStatusCode.Unauthorized));
        using var http = _omni.Client(third["accessToken"]!.GetValue<string>());
        Assert.Equal(1005, await IdentityHost.CodeAsync(await http.GetAsync("/api/v1/users/me"), HttpStatusCode.Unauthorized));
    }

    [Fact]
    public async Task A_refresh_token_that_comes_back_after_ten_seconds_ends_the_whole_session()
    {
        await IdentityHost.DataAsync(await RefreshAsync(_ann.RefreshToken));
        _omni.Clock.Advance(TimeSpan.FromSeconds(11));
        Assert.Equal(1005, await IdentityHost.CodeAsync(await RefreshAsync(_ann.RefreshToken), HttpStatusCode.Unauthorized));
    }

    [Fact]
    public async Task The_refresh_cookie_serves_as_well_as_the_body()
    {
        using var http = _omni.Client();
        await IdentityHost.DataAsync(await http.PostAsJsonAsync("/api/v1/auth/login", new { email = _ann.Email, password = IdentityHost.Password }));
        await IdentityHost.DataAsync(await http.PostAsync("/api/v1/auth/refresh", null));
    }

    [Fact]
    public async Task A_personal_token_does_what_its_scopes_say_until_it_is_deleted()
    {
        using var http = _omni.Client(_ann.Token);
        var made = await IdentityHost.DataAsync(await http.PostAsJsonAsync("/api/v1/auth/tokens", new { name = "robot", scopes = new[] { "members:read" } }), HttpStatusCode.Created);
        var token = made["token"]!.GetValue<string>();
        Assert.StartsWith("omni_pat_", token, StringComparison.Ordinal);

        using var robot = _omni.Client(token);
        await IdentityHost.DataAsync(await robot.GetAsync("/api/v1/members"));
        Assert.Equal(403, await IdentityHost.CodeAsync(await robot.GetAsync("/api/v1/organizations/current"), HttpStatusCode.Forbidden));
        Assert.Equal(403, await IdentityHost.CodeAsync(await robot.PostAsJsonAsync("/api/v1/auth/tokens", new { name = "more", scopes = new[] { "members:write" } }), HttpStatusCode.Forbidden));
        Assert.Equal(403, await IdentityHost.CodeAsync(await robot.PatchAsJsonAsync("/api/v1/users/me", new { displayName = "Robot" }), HttpStatusCode.Forbidden));

        var list = await IdentityHost.DataAsync(await http.GetAsync("/api/v1/auth/tokens"));
        Assert.Null(list[0]!["token"]);
        Assert.NotNull(list[0]!["lastUsedAt"]);
        await IdentityHost.DataAsync(await http.DeleteAsync($"/api/v1/auth/tokens/{made["id"]}"));
        Assert.Equal(1005, await IdentityHost.CodeAsync(await robot.GetAsync("/api/v1/members"), HttpStatusCode.Unauthorized));
    }

    [Fact]
    public async Task No_token_is_in_the_database()
    {
        using var http = _omni.Client(_ann.Token);
        var made = await IdentityHost.DataAsync(await http.PostAsJsonAsync("/api/v1/auth/tokens", new { name = "robot", scopes = new[] { "members:read" } }), HttpStatusCode.Created);
        var dump = await Dump.OfAsync(database.ConnectionString);
        Assert.Contains(_ann.Email, dump, StringComparison.Ordinal);
        Assert.DoesNotContain(_ann.Token[8..], dump, StringComparison.Ordinal);
        Assert.DoesNotContain(_ann.RefreshToken[8..], dump, StringComparison.Ordinal);
        Assert.DoesNotContain(made["token"]!.GetValue<string>()[9..], dump, StringComparison.Ordinal);
        Assert.DoesNotContain(IdentityHost.Password, dump, StringComparison.Ordinal);
    }

    private async Task<HttpResponseMessage> RefreshAsync(string token)
    {
        using var http = _omni.Client();
        return await http.PostAsJsonAsync("/api/v1/auth/refresh", new { refreshToken = token });
    }
}
