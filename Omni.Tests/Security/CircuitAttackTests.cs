using System.Net;
using Omni.Tests.Support;

namespace Omni.Tests.Security;

[Collection("Security")]
public sealed class CircuitAttackTests(SecurityRig rig)
{
    [Fact]
    public async Task What_no_browser_sends_ends_its_own_line_and_no_other()
    {
        var (http, cookie) = await rig.SignInAsync(rig.Spine.Email);
        using var browser = http;
        await using var victim = await HubSocket.OpenAsync(rig.Address, http, cookie);
        var secret = await victim.StartAsync(rig.Address);
        var eve = await rig.RegisterAsync("eve");
        var (evil, evilCookie) = await rig.SignInAsync(eve.Email);
        using var attacker = evil;
        var random = new byte[2_000];
        new Random(7).NextBytes(random);
        byte[][] attacks =
        [
            random, HubSocket.Frame(random), [.. HubSocket.Length(1L << 40), 1], HubSocket.Frame(new byte[1 << 20]),
            HubSocket.Frame([0xdd, 0x7f, 0xff, 0xff, 0xff]), HubSocket.Frame([0x96, 1, 0xdf, 0xff, 0xff, 0xff, 0xff]), HubSocket.Frame([.. Enumerable.Repeat((byte)0x91, 30_000)]),
            HubSocket.Invocation(null, "ConnectCircuit", new string('x', 2 << 20)),
        ];

        foreach (var attack in attacks)
        {
            await using var line = await HubSocket.OpenAsync(rig.Address, evil, evilCookie);
            await line.SendAsync(attack);
            await Eventually.HoldsAsync(() => !line.IsOpen, $"{attack.Length} bytes that begin with {Convert.ToHexString(attack.AsSpan(0, 4))} end the line");
        }

        Assert.True(victim.IsOpen);
        await using var again = await HubSocket.OpenAsync(rig.Address, http, cookie);
        Assert.True(await again.ConnectAsync(secret)); // its circuit lives, and its own page may come back to it
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync("/api/v1/users/me")).StatusCode);
    }

    [Fact]
    public async Task Nobody_else_gets_a_circuit_by_its_secret_or_a_changed_one()
    {
        var (http, cookie) = await rig.SignInAsync(rig.Spine.Email);
        using var browser = http;
        await using var victim = await HubSocket.OpenAsync(rig.Address, http, cookie);
        var secret = await victim.StartAsync(rig.Address);
        var eve = await rig.RegisterAsync("eve");
        var (evil, evilCookie) = await rig.SignInAsync(eve.Email);
        using var attacker = evil;

        foreach (var attempt in new[] { secret, secret[..^6] + "AAAAAA", "", "CfDJ8nonsense" })
        {
            await using var line = await HubSocket.OpenAsync(rig.Address, evil, evilCookie);
            Assert.False(await line.ConnectAsync(attempt));
        }

        Assert.True(victim.IsOpen);
        await using var again = await HubSocket.OpenAsync(rig.Address, http, cookie);
        Assert.True(await again.ConnectAsync(secret));
    }
}
