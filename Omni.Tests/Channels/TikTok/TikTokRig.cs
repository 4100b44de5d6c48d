using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Omni.Core.Channels;
using Omni.Core.Identity;
using Omni.Infrastructure.Channels.TikTok;

namespace Omni.Tests.Channels.TikTok;

/// <summary>TikTok's adapter alone.</summary>
internal static class TikTokRig
{
    internal const string AppId = "7700000000000000411";
    internal const string AppSecret = "installation-secret";

    /// <summary>The adapter against a platform at an address.</summary>
    internal static ServiceProvider Services(Uri platform, TimeProvider? clock = null, string address = "http://127.0.0.1:5000", params (string Key, string Value)[] settings)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(
            [new("Platforms:TikTok:ApiUrl", platform.ToString()), new("Platforms:TikTok:LoginUrl", platform.ToString()), new("Platforms:TikTok:AppId", AppId), new("Platforms:TikTok:AppSecret", AppSecret)])
            .AddInMemoryCollection(settings.Select(s => KeyValuePair.Create<string, string?>(s.Key, s.Value))).Build());
        services.AddSingleton(clock ?? TimeProvider.System);
        services.AddSingleton<IPublicAddress>(new Address(address));
        services.AddTikTok();
        return services.BuildServiceProvider();
    }

    /// <summary>A connected account.</summary>
    internal static ChannelAccess Access { get; } = new("-000Zk3LMd8fKlJRzpQ11fjord", new Dictionary<string, string>
    {
        ["businessId"] = "-000Zk3LMd8fKlJRzpQ11fjord", ["accessToken"] = "token", ["refreshToken"] = "refresh",
    });

    private sealed class Address(string root) : IPublicAddress
    {
        public string Of(string path) => root + path;
    }
}

/// <summary>A clock that stands still.</summary>
internal sealed class StandingClock(DateTimeOffset now) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => now;
}
