using System.Net;
using Omni.Core.Common;
using Omni.Core.Identity;
using Omni.Tests.Identity;
using Omni.Tests.Support;

namespace Omni.Tests.Security;

/// <summary>Guesses that spread over accounts or over addresses, so that no single pair of both is tried often.</summary>
public sealed class SprayingTests(DatabaseFixture database) : IClassFixture<DatabaseFixture>, IAsyncLifetime
{
    private IdentityHost _omni = null!;
    private Person _ann = null!;

    public async Task InitializeAsync()
    {
        _omni = await IdentityHost.StartAsync(database.ConnectionString, ("Omni:Registration", "open"));
        _ann = await _omni.RegisterAsync($"ann-{Guid.NewGuid():N}@example.com"); // from 127.0.0.1
    }

    public async Task DisposeAsync() => await _omni.DisposeAsync();

    [Fact]
    public async Task One_address_that_tries_many_accounts_has_to_wait_and_other_addresses_do_not()
    {
        var from = From(1);
        await SpendAsync(AttemptRule.Address.Free - 3, AttemptRule.Address, "sign-in", from.LimitKey);
        var refusals = new List<Refusal?>();
        for (var i = 0; i < 6; i++)
        {
            refusals.Add((await CheckAsync($"person{i}@example.com", "Summer2026!", from)).Refusal);
        }

        Assert.Equal(3, refusals.OfType<Refusal.Unauthenticated>().Count());
        Assert.Equal(3, refusals.OfType<Refusal.TooMany>().Count());
        Assert.IsType<Refusal.TooMany>((await CheckAsync(_ann.Email, IdentityHost.Password, from)).Refusal);
        Assert.Null((await CheckAsync(_ann.Email, IdentityHost.Password, From(2))).Refusal);
    }

    [Fact]
    public async Task One_account_tried_from_many_addresses_is_closed_to_strange_addresses_and_open_where_its_owner_was()
    {
        await SpendAsync(AttemptRule.Account.Free - 2, AttemptRule.Account, "sign-in, everywhere", EmailAddress.Normalize(_ann.Email));
        Assert.IsType<Refusal.Unauthenticated>((await CheckAsync(_ann.Email, "first guess of many", From(11))).Refusal);
        Assert.IsType<Refusal.Unauthenticated>((await CheckAsync(_ann.Email, "second guess of many", From(12))).Refusal);
        Assert.IsType<Refusal.TooMany>((await CheckAsync(_ann.Email, "third guess of many", From(13))).Refusal);
        Assert.IsType<Refusal.TooMany>((await CheckAsync(_ann.Email, IdentityHost.Password, From(14))).Refusal);

        Assert.Null((await CheckAsync(_ann.Email, IdentityHost.Password, new Caller(IPAddress.Loopback, "test"))).Refusal);

        _omni.Clock.Advance(TimeSpan.FromMinutes(2));
        Assert.Null((await CheckAsync(_ann.Email, IdentityHost.Password, From(15))).Refusal);
    }

    [Fact]
    public async Task An_unknown_account_is_limited_as_a_known_one()
    {
        const string nobody = "nobody@example.com";
        await SpendAsync(AttemptRule.Account.Free - 1, AttemptRule.Account, "sign-in, everywhere", EmailAddress.Normalize(nobody));
        Assert.IsType<Refusal.Unauthenticated>((await CheckAsync(nobody, "a guess of many", From(21))).Refusal);
        Assert.IsType<Refusal.TooMany>((await CheckAsync(nobody, "a guess of many", From(22))).Refusal);
    }

    [Fact]
    public async Task Codes_tried_from_many_addresses_are_limited()
    {
        var factor = _omni.Get<SecondFactorService>();
        await SpendAsync(AttemptRule.Account.Free - 1, AttemptRule.Account, "code, everywhere", _ann.Id.ToString());
        Assert.IsType<Refusal.Unauthenticated>((await factor.CheckAsync(_ann.Id, "123456", From(31), default)).Refusal);
        Assert.IsType<Refusal.TooMany>((await factor.CheckAsync(_ann.Id, "123457", From(32), default)).Refusal);
    }

    private static Caller From(int last) => new(IPAddress.Parse($"203.0.113.{last}"), "test");

    private Task<Result<ProvedPassword>> CheckAsync(string email, string password, Caller caller) =>
        _omni.Get<SignInService>().CheckPasswordAsync(email, password, caller, default);

    /// <summary>Attempts that were made before, without the price of a password's hash for each.</summary>
    private async Task SpendAsync(int count, AttemptRule rule, params string[] parts)
    {
        for (var i = 0; i < count; i++)
        {
            Assert.Null((await _omni.Get<IAttemptLimits>().TakeAsync(AttemptKey.Of(parts), rule, default)).Refusal);
        }
    }
}
