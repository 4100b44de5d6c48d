using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Omni.Core.Channels;
using Omni.Infrastructure.Channels.Reddit;

namespace Omni.Tests.Channels.Reddit;

/// <summary>The adapter as the product registers it, against an address, with a budget that never ends.</summary>
internal static class RedditRig
{
    internal const string Account = "omni_support";

    internal static ChannelAccess Access { get; } = new(Account, new Dictionary<string, string> { ["username"] = Account, ["accessToken"] = "token", ["refreshToken"] = "lasting" });

    internal static ServiceProvider Services(Uri platform) => new ServiceCollection()
        .AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            [$"{RedditOptions.Section}:ApiUrl"] = platform.ToString(),
            [$"{RedditOptions.Section}:AuthUrl"] = platform.ToString(),
            [$"{RedditOptions.Section}:ClientId"] = "omni-app",
            [$"{RedditOptions.Section}:ClientSecret"] = "secret",
        }).Build())
        .AddLogging()
        .AddSingleton<ICallBudgets, Endless>()
        .AddReddit()
        .BuildServiceProvider();

    /// <summary>Grants every call, and notes what the platform said was left.</summary>
    internal sealed class Endless : ICallBudgets
    {
        internal List<(double Left, TimeSpan Reset)> Reports { get; } = [];

        public Task<TimeSpan> TakeAsync(string key, int perMinute, int reserve, CancellationToken ct) => Task.FromResult(TimeSpan.Zero);

        public Task ReportAsync(string key, double left, TimeSpan reset, CancellationToken ct)
        {
            Reports.Add((left, reset));
            return Task.CompletedTask;
        }
    }
}
