using System.Net;
using System.Net.Http.Json;
using Omni.Core.Common;
using Omni.Core.Identity;
using Omni.Tests.Identity;
using Omni.Tests.Support;

namespace Omni.Tests.Security;

/// <summary>What counts once counts once when a hundred use it in the same moment, from a hundred addresses. Links of letters, invitations and refresh tokens have such tests beside their own.</summary>
public sealed class SingleUseTests : IAsyncLifetime
{
    private const int Crowd = 100;

    private string _database = ""; // one per test, because each has master keys of its own
    private IdentityHost _omni = null!;
    private Person _ann = null!;
    private byte[] _secret = [];
    private string _recovery = "";

    public async Task InitializeAsync()
    {
        _database = await Database.CreateAsync();
        _omni = await IdentityHost.StartAsync(_database, ("Omni:Registration", "open"));
        _ann = await _omni.RegisterAsync($"ann-{Guid.NewGuid():N}@example.com");
        using var http = _omni.Client(_ann.Token);
        var begun = await IdentityHost.DataAsync(await http.PostAsJsonAsync("/api/v1/auth/totp", new { }));
        _secret = SignInTests.Base32(begun["secret"]!.GetValue<string>());
        var on = await IdentityHost.DataAsync(await http.PostAsJsonAsync("/api/v1/auth/totp", new { code = Code() }));
        _recovery = on["recoveryCodes"]![0]!.GetValue<string>();
        _omni.Clock.Advance(TimeSpan.FromSeconds(30));
    }

    public async Task DisposeAsync()
    {
        await _omni.DisposeAsync();
        await Database.DropAsync(_database);
    }

    [Fact]
    public async Task A_code_of_the_app_lets_one_of_a_hundred_in()
    {
        var code = Code();
        Assert.Equal(1, await GrantedAsync(from => Factor.CheckAsync(_ann.Id, code, from, default)));
    }

    [Fact]
    public async Task A_recovery_code_lets_one_of_a_hundred_in() =>
        Assert.Equal(1, await GrantedAsync(from => Factor.CheckAsync(_ann.Id, _recovery, from, default)));

    [Fact]
    public async Task An_invitation_makes_one_account_of_a_hundred()
    {
        using var http = _omni.Client(_ann.Token);
        var invitation = await IdentityHost.DataAsync(await http.PostAsJsonAsync("/api/v1/members/invitations", new { email = "crowd@example.com", role = "agent" }), HttpStatusCode.Created);
        var token = invitation["token"]!.GetValue<string>();
        var registration = _omni.Get<RegistrationService>();
        var number = 0;

        var granted = await GrantedAsync(
            from => registration.RegisterAsync(new Registration($"crowd{Interlocked.Increment(ref number)}@example.com", IdentityHost.Password, "Crowd", null) { InvitationToken = token }, SessionKind.Api, from, default), 12);

        Assert.Equal(1, granted); // twelve, because each costs a password's hash
        Assert.Equal(2, (await IdentityHost.DataAsync(await http.GetAsync("/api/v1/members"))).AsArray().Count);
    }

    private SecondFactorService Factor => _omni.Get<SecondFactorService>();

    private string Code() => Totp.Code(_secret, Totp.StepOf(_omni.Clock.GetUtcNow()));

    private static async Task<int> GrantedAsync<T>(Func<Caller, Task<Result<T>>> use, int crowd = Crowd)
    {
        var together = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var all = Enumerable.Range(0, crowd).Select(async i =>
        {
            await together.Task;
            return await use(new Caller(IPAddress.Parse($"198.51.100.{i + 1}"), "test"));
        }).ToList();
        together.SetResult();
        return (await Task.WhenAll(all)).Count(r => r.Refusal is null);
    }
}
