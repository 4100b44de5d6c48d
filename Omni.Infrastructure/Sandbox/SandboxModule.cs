using Microsoft.Extensions.DependencyInjection;
using Omni.Core.Sandbox;
using Omni.Infrastructure.Channels.Simulator;
using Omni.Infrastructure.Common;

namespace Omni.Infrastructure.Sandbox;

/// <summary>Play channels.</summary>
public static class SandboxModule
{
    /// <summary>Registers the sandbox. The pretend platforms themselves are there only where the installation offers it; without them nothing answers a play channel's calls.</summary>
    /// <param name="services">Where to register it.</param>
    /// <param name="isOffered">The value of <c>Omni:Sandbox</c>.</param>
    public static IServiceCollection AddSandbox(this IServiceCollection services, bool isOffered)
    {
        services.AddPlatformHttpClient(SandboxWire.Client, TimeSpan.FromSeconds(30));
        services.AddSingleton<SandboxLedger>();
        services.AddSingleton<ISandboxWire, SandboxWire>();
        services.AddSingleton<SandboxService>();
        if (!isOffered)
        {
            return services;
        }

        services.AddSingleton<SandboxCalls>();
        services.AddSingleton(_ => new SimulatorLedger(keeps: false));
        services.AddSingleton(_ => new SimulatorMedia(most: 50, SandboxSamples.All));
        services.AddSingleton<SimulatorWebhooks>();
        services.AddSingleton<GraphSimulator>();
        services.AddSingleton<SandboxGraph>();
        services.AddPlatform<SandboxWhatsApp>();
        services.AddPlatform<SandboxMessenger>();
        services.AddPlatform<SandboxInstagram>();
        services.AddPlatform<SandboxTikTok>();
        services.AddSingleton<RedditSimulator>().AddPlatform<SandboxReddit>();
        return services;
    }

    private static void AddPlatform<T>(this IServiceCollection services) where T : class, ISandboxServer
    {
        services.AddSingleton<T>();
        services.AddSingleton<ISandboxServer>(provider => provider.GetRequiredService<T>());
        services.AddSingleton<ISandboxPlatform>(provider => provider.GetRequiredService<T>());
    }
}
