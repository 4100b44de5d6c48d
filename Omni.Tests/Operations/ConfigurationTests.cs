using Microsoft.Extensions.Configuration;
using Omni.Core.Operations;
using Omni.Infrastructure.Operations;
using Omni.Tests.Support;

namespace Omni.Tests.Operations;

public sealed class ConfigurationTests
{
    [Fact]
    public void Nothing_has_to_be_set()
    {
        var options = Read();

        Assert.True(options is { ServesWeb: true, RunsWorkers: true, Sandbox: true, Registration: RegistrationMode.Invite });
    }

    [Theory]
    [InlineData("Omni:Roles", "web,cook")]
    [InlineData("Omni:Roles", "")]
    [InlineData("Omni:Sandbox", "perhaps")]
    [InlineData("Omni:Registration", "closed")]
    [InlineData("Omni:Registration", "7")]
    [InlineData("Omni:MasterKey", "c2hvcnQ=")]
    [InlineData("Omni:MasterKey", "not base64")]
    [InlineData("Omni:PublicUrl", "omni.example.com")]
    [InlineData("Omni:PublicUrl", "https://omni.example.com/?a=b")]
    [InlineData("Omni:TrustedProxies", "10.0.0.0/8,proxy")]
    [InlineData("Omni:Cors:Origins", "https://app.example.com/path")]
    [InlineData("Omni:Egress:Allow", "10.0.0.0/8,with space")]
    [InlineData("Omni:Workers:Inbound", "0")]
    [InlineData("Omni:Workers:Inbound", "many")]
    [InlineData("Omni:Postgres:BinDirectory", "/no/such/folder")]
    [InlineData("Omni:DataDirectory", "")]
    public void A_wrong_value_is_refused_with_its_key_and_without_the_value_of_a_secret(string key, string value)
    {
        var refused = Assert.Throws<StartupException>(() => Read((key, value)));

        var line = Assert.Single(refused.Problems);
        Assert.StartsWith(key + ": ", line, StringComparison.Ordinal);
        Assert.True(key != "Omni:MasterKey" || !line.Contains(value, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Omni:Roles", "Worker")]
    [InlineData("Omni:Registration", "open")]
    [InlineData("Omni:MasterKey", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=")]
    [InlineData("Omni:PublicUrl", "https://omni.example.com/chat")]
    [InlineData("Omni:TrustedProxies", "127.0.0.1, 10.0.0.0/8, ::1")]
    [InlineData("Omni:Cors:Origins", "https://app.example.com, http://localhost:3000")]
    [InlineData("Omni:Egress:Allow", "10.1.2.3, 10.2.0.0/16, crm.local")]
    public void A_right_value_is_taken(string key, string value) => Assert.NotNull(Read((key, value)));

    [Fact]
    public async Task The_program_stops_with_one_plain_line_per_wrong_key()
    {
        var (exitCode, output) = await OmniProcess.RunAsync(null, "--Omni:Roles=cook", "--Omni:Workers:Sender=0");

        Assert.Equal(2, exitCode);
        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, lines.Length);
        Assert.Contains(lines, l => l.StartsWith("Omni:Roles: expected", StringComparison.Ordinal));
        Assert.Contains(lines, l => l.StartsWith("Omni:Workers:Sender: ", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("--Urls=nonsense", "Urls: ")]
    [InlineData("--ConnectionStrings:Postgres=nonsense", "ConnectionStrings:Postgres: ")]
    [InlineData("--ConnectionStrings:Postgres=Host=127.0.0.1;Port=1;Database=omni;Username=omni", "ConnectionStrings:Postgres: ")]
    public async Task An_address_that_cannot_work_is_named_without_a_stack_trace(string argument, string start)
    {
        var (exitCode, output) = await OmniProcess.RunAsync(null, argument);

        Assert.Equal(2, exitCode);
        Assert.Contains(output.Split('\n'), l => l.StartsWith(start, StringComparison.Ordinal));
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
    }

    private static OmniOptions Read(params (string Key, string Value)[] settings) => OperationsModule.ReadOptions(
        new ConfigurationBuilder().AddInMemoryCollection(settings.Select(s => KeyValuePair.Create(s.Key, (string?)s.Value))).Build());
}
