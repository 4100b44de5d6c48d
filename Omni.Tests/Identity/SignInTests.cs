using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Omni.Core.Common;
using Omni.Core.Identity;
using Omni.Tests.Support;

namespace Omni.Tests.Identity;

public sealed class SignInTests(DatabaseFixture database) : IClassFixture<DatabaseFixture>, IAsyncLifetime
{
    private IdentityHost _omni = null!;
    private Person _ann = null!;

    public async Task InitializeAsync()
    {
        _omni = await IdentityHost.StartAsync(database.ConnectionString, ("Omni:Registration", "open"));
        _ann = await _omni.RegisterAsync($"ann-{Guid.NewGuid():N}@example.com");
    }

    public async Task DisposeAsync()
    {
        await ClearAttemptsAsync();
        await _omni.DisposeAsync();
    }

    [Fact]
    public async Task The_right_password_signs_in_whatever_the_case_of_the_address()
    {
        var data = await IdentityHost.DataAsync(await LoginAsync(_ann.Email.ToUpperInvariant(), IdentityHost.Password));
        Assert.Equal(900, data["expiresIn"]!.GetValue<int>());
        Assert.Equal(_ann.OrganizationId, data["organization"]!["id"]!.GetValue<Guid>());
    }

    [Fact]
    public async Task An_unknown_address_gets_the_same_answer_as_a_wrong_password()
    {
        var wrong = JsonNode.Parse(await (await LoginAsync(_ann.Email, "wrong password!")).Content.ReadAsStringAsync())!.AsObject();
        var unknown = JsonNode.Parse(await (await LoginAsync("nobody@example.com", "wrong password!")).Content.ReadAsStringAsync())!.AsObject();
        foreach (var changing in new[] { "traceId", "timestamp" })
        {
            wrong.Remove(changing);
            unknown.Remove(changing);
        }

        Assert.Equal(1003, wrong["error"]!["code"]!.GetValue<int>());
        Assert.Equal(wrong.ToJsonString(), unknown.ToJsonString());
    }

    [Fact]
    public async Task After_five_wrong_passwords_even_the_right_one_must_wait_and_then_works()
    {
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(1003, await IdentityHost.CodeAsync(await LoginAsync(_ann.Email, $"wrong password {i}"), HttpStatusCode.Unauthorized));
        }

        var blocked = await LoginAsync(_ann.Email, IdentityHost.Password);
        Assert.Equal(3001, await IdentityHost.CodeAsync(blocked, HttpStatusCode.TooManyRequests));
        Assert.InRange(blocked.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 60);

        _omni.Clock.Advance(TimeSpan.FromMinutes(1.1));
        await IdentityHost.DataAsync(await LoginAsync(_ann.Email, IdentityHost.Password));
    }

    [Fact]
    public async Task Fifty_wrong_passwords_at_once_are_not_fifty_tries()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => LoginAsync(_ann.Email, $"wrong password {i}")));
        Assert.Equal(5, answers.Count(a => a.StatusCode == HttpStatusCode.Unauthorized));
        Assert.Equal(45, answers.Count(a => a.StatusCode == HttpStatusCode.TooManyRequests));
    }

    [Fact]
    public async Task A_stranger_who_fails_does_not_lock_the_account_for_its_owner()
    {
        var signIn = _omni.Get<SignInService>();
        var stranger = new Caller(IPAddress.Parse("203.0.113.7"), "curl");
        for (var i = 0; i < 6; i++)
        {
            Assert.False((await signIn.CheckPasswordAsync(_ann.Email, "wrong password!", stranger, default)).Succeeded(out _, out _));
        }

        var owner = new Caller(IPAddress.Parse("198.51.100.4"), "browser");
        Assert.True((await signIn.CheckPasswordAsync(_ann.Email, IdentityHost.Password, owner, default)).Succeeded(out _, out _));
    }

    [Fact]
    public async Task A_hash_with_fewer_iterations_is_renewed_at_sign_in()
    {
        var weak = new PasswordHasher<User>(Options.Create(new PasswordHasherOptions { IterationCount = 1000 })).HashPassword(new User(), IdentityHost.Password);
        await using (var db = await _omni.Get<IOmniDbFactory>().OpenGlobalAsync(default))
        {
            await db.Users.Where(u => u.Id == _ann.Id).ExecuteUpdateAsync(u => u.SetProperty(x => x.PasswordHash, weak));
            await db.CommitAsync(default);
        }

        await IdentityHost.DataAsync(await LoginAsync(_ann.Email, IdentityHost.Password));

        await using var after = await _omni.Get<IOmniDbFactory>().OpenGlobalAsync(default);
        var hash = Convert.FromBase64String((await after.Users.SingleAsync(u => u.Id == _ann.Id)).PasswordHash!);
        Assert.Equal(210_000, System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(hash.AsSpan(5))); // format 3: marker, PRF, iterations
    }

    [Fact]
    public async Task With_an_authenticator_app_a_code_is_needed_and_works_once()
    {
        using var http = _omni.Client(_ann.Token);
        var begun = await IdentityHost.DataAsync(await http.PostAsJsonAsync("/api/v1/auth/totp", new { }));
        var secret = Base32(begun["secret"]!.GetValue<string>());
        await IdentityHost.DataAsync(await LoginAsync(_ann.Email, IdentityHost.Password)); // not confirmed: nothing changes yet
        var codes = await IdentityHost.DataAsync(await http.PostAsJsonAsync("/api/v1/auth/totp", new { code = CodeNow(secret) }));

        Assert.Equal(1004, await IdentityHost.CodeAsync(await LoginAsync(_ann.Email, IdentityHost.Password), HttpStatusCode.Unauthorized));
        Assert.Equal(1003, await IdentityHost.CodeAsync(await LoginAsync(_ann.Email, IdentityHost.Password, CodeNow(secret)), HttpStatusCode.Unauthorized)); // was used for the set-up
        _omni.Clock.Advance(TimeSpan.FromSeconds(30));
        await IdentityHost.DataAsync(await LoginAsync(_ann.Email, IdentityHost.Password, CodeNow(secret)));
        var recovery = codes["recoveryCodes"]![0]!.GetValue<string>();
        await IdentityHost.DataAsync(await LoginAsync(_ann.Email, IdentityHost.Password, recovery));
        Assert.Equal(1003, await IdentityHost.CodeAsync(await LoginAsync(_ann.Email, IdentityHost.Password, recovery), HttpStatusCode.Unauthorized));
    }

    [Theory] // RFC 6238, appendix B, last six digits
    [InlineData(59, "287082")]
    [InlineData(1111111109, "081804")]
    [InlineData(2000000000, "279037")]
    public void Codes_are_those_of_the_standard(long seconds, string code) =>
        Assert.Equal(code, Totp.Code("12345678901234567890"u8, Totp.StepOf(DateTimeOffset.FromUnixTimeSeconds(seconds))));

    [Fact]
    public async Task A_changed_password_ends_other_sessions_and_the_old_one_no_longer_works()
    {
        var other = await IdentityHost.DataAsync(await LoginAsync(_ann.Email, IdentityHost.Password));
        using var http = _omni.Client(_ann.Token);
        await IdentityHost.DataAsync(await http.PostAsJsonAsync("/api/v1/auth/change-password", new { current = IdentityHost.Password, @new = "another good fjord" }));

        using var ended = _omni.Client(other["accessToken"]!.GetValue<string>());
        Assert.Equal(1005, await IdentityHost.CodeAsync(await ended.GetAsync("/api/v1/users/me"), HttpStatusCode.Unauthorized));
        await IdentityHost.DataAsync(await http.GetAsync("/api/v1/users/me"));
        Assert.Equal(1003, await IdentityHost.CodeAsync(await LoginAsync(_ann.Email, IdentityHost.Password), HttpStatusCode.Unauthorized));
        await IdentityHost.DataAsync(await LoginAsync(_ann.Email, "another good fjord"));
    }

    private async Task<HttpResponseMessage> LoginAsync(string email, string password, string? totp = null)
    {
        using var http = _omni.Client();
        return await http.PostAsJsonAsync("/api/v1/auth/login", new { email, password, totp });
    }

    private string CodeNow(byte[] secret) => Totp.Code(secret, Totp.StepOf(_omni.Clock.GetUtcNow()));

    private async Task ClearAttemptsAsync()
    {
        await using var source = Npgsql.NpgsqlDataSource.Create(database.ConnectionString);
        await using var command = source.CreateCommand("delete from attempts");
        await command.ExecuteNonQueryAsync();
    }

    internal static byte[] Base32(string text)
    {
        var bits = string.Concat(text.Select(c => Convert.ToString("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".IndexOf(c, StringComparison.Ordinal), 2).PadLeft(5, '0')));
        return [.. bits.Chunk(8).Where(c => c.Length == 8).Select(c => Convert.ToByte(new string(c), 2))];
    }
}
