using System.Net;
using System.Net.Http.Json;
using Omni.Tests.Support;

namespace Omni.Tests.Identity;

public sealed class LinkTests(DatabaseFixture database) : IClassFixture<DatabaseFixture>, IAsyncLifetime
{
    private IdentityHost _omni = null!;
    private SmtpServer _smtp = null!;
    private Person _ann = null!;

    public async Task InitializeAsync()
    {
        _smtp = new SmtpServer();
        _omni = await IdentityHost.StartAsync(database.ConnectionString, ("Omni:Registration", "open"), ("Omni:PublicUrl", "https://omni.example.com"),
            ("Smtp:Host", "127.0.0.1"), ("Smtp:Port", $"{_smtp.Port}"), ("Smtp:Security", "None"), ("Smtp:From", "omni@example.com"), ("Smtp:FromName", "Ømni"));
        _ann = await _omni.RegisterAsync($"ann-{Guid.NewGuid():N}@example.com");
    }

    public async Task DisposeAsync()
    {
        await _omni.DisposeAsync();
        await _smtp.DisposeAsync();
    }

    [Fact]
    public async Task The_link_in_the_letter_proves_the_address_once()
    {
        var token = await _smtp.LinkAsync(_ann.Email, "https://omni.example.com/verify-email/");
        using var http = _omni.Client();
        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => http.PostAsJsonAsync("/api/v1/auth/verify-email", new { token })));
        Assert.Equal(1, answers.Count(a => a.StatusCode == HttpStatusCode.OK));
        using var mine = _omni.Client(_ann.Token);
        Assert.True((await IdentityHost.DataAsync(await mine.GetAsync("/api/v1/users/me")))["emailVerified"]!.GetValue<bool>());
    }

    [Fact]
    public async Task A_forgotten_password_is_replaced_by_the_link_once_within_an_hour()
    {
        using var http = _omni.Client();
        await IdentityHost.DataAsync(await http.PostAsJsonAsync("/api/v1/auth/forgot-password", new { email = _ann.Email }));
        var token = await _smtp.LinkAsync(_ann.Email, "https://omni.example.com/reset-password/");

        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => http.PostAsJsonAsync("/api/v1/auth/reset-password", new { token, password = $"brand new fjord {i}" })));
        Assert.Equal(1, answers.Count(a => a.StatusCode == HttpStatusCode.OK));

        using var old = _omni.Client(_ann.Token);
        Assert.Equal(1005, await IdentityHost.CodeAsync(await old.GetAsync("/api/v1/users/me"), HttpStatusCode.Unauthorized));
    }

    [Fact]
    public async Task A_link_for_a_new_password_is_too_old_after_an_hour()
    {
        using var http = _omni.Client();
        await IdentityHost.DataAsync(await http.PostAsJsonAsync("/api/v1/auth/forgot-password", new { email = _ann.Email }));
        var token = await _smtp.LinkAsync(_ann.Email, "https://omni.example.com/reset-password/");
        _omni.Clock.Advance(TimeSpan.FromMinutes(61));
        Assert.Equal(400, await IdentityHost.CodeAsync(await http.PostAsJsonAsync("/api/v1/auth/reset-password", new { token, password = "brand new fjord" }), HttpStatusCode.BadRequest));
    }

    [Fact]
    public async Task Asking_for_an_unknown_address_answers_the_same_and_sends_nothing()
    {
        using var http = _omni.Client();
        await _smtp.LinkAsync(_ann.Email, "https://omni.example.com/verify-email/");
        var before = _smtp.Letters.Count;
        await IdentityHost.DataAsync(await http.PostAsJsonAsync("/api/v1/auth/forgot-password", new { email = "nobody@example.com" }));
        await IdentityHost.DataAsync(await http.PostAsJsonAsync("/api/v1/auth/forgot-password", new { email = _ann.Email }));
        await _smtp.LinkAsync(_ann.Email, "https://omni.example.com/reset-password/"); // letters go one after the other: the other one would have come first
        Assert.Equal(before + 1, _smtp.Letters.Count);
    }

    [Fact]
    public async Task Invitations_are_mailed_only_for_somebody_whose_own_address_is_proved_and_prove_the_invited_one()
    {
        using var http = _omni.Client(_ann.Token);
        var email = $"bo-{Guid.NewGuid():N}@example.com";
        Assert.Equal(1006, await IdentityHost.CodeAsync(await http.PostAsJsonAsync("/api/v1/members/invitations", new { email, role = "agent" }), HttpStatusCode.Forbidden));
        await http.PostAsJsonAsync("/api/v1/auth/verify-email", new { token = await _smtp.LinkAsync(_ann.Email, "https://omni.example.com/verify-email/") });
        var made = await IdentityHost.DataAsync(await http.PostAsJsonAsync("/api/v1/members/invitations", new { email, role = "agent" }), HttpStatusCode.Created);
        Assert.Null(made["token"]);

        var token = await _smtp.LinkAsync(email, "https://omni.example.com/invitation/");
        await Eventually.HoldsAsync(async () => (await IdentityHost.DataAsync(await http.GetAsync("/api/v1/members/invitations")))[0]!["mailedAt"] is not null, "the letter is marked as mailed");
        var bo = await _omni.RegisterAsync(email, token);
        using var his = _omni.Client(bo.Token);
        Assert.True((await IdentityHost.DataAsync(await his.GetAsync("/api/v1/users/me")))["emailVerified"]!.GetValue<bool>());
    }
}
