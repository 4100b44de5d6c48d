using System.Diagnostics;
using Omni.Tests.Support;
using Xunit.Abstractions;

namespace Omni.Tests.Operations;

public sealed class StopTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Ctrl_C_ends_the_program_while_its_database_is_away()
    {
        await using var server = await PostgresServer.StartAsync(isDurable: true);
        await server.AdministerAsync("create database gone owner omni");
        await using var omni = await OmniProcess.StartAsync(null, $"--ConnectionStrings:Postgres={server.ConnectionString("gone")}", "--Omni:Logs=text");
        using var http = new HttpClient { BaseAddress = omni.Address };
        await Eventually.HoldsAsync(async () => (await http.GetAsync("/health/ready")).IsSuccessStatusCode, "the jobs run");

        await server.KillAsync();
        var clock = Stopwatch.StartNew();
        var exitCode = await omni.InterruptAsync();

        output.WriteLine($"ended with {exitCode} after {clock.Elapsed.TotalSeconds:0.0} s");
        Assert.True(omni.Process.HasExited);
        Assert.Contains(exitCode, new[] { 0, 3 });
    }
}
