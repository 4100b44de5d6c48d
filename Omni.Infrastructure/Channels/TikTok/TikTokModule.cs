using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Omni.Core.Channels;
using Omni.Infrastructure.Channels.Simulator;
using Omni.Infrastructure.Common;
using Omni.Infrastructure.Sandbox;

namespace Omni.Infrastructure.Channels.TikTok;

/// <summary>Registers TikTok; called from the channels' module.</summary>
internal static class TikTokModule
{
    private static readonly ChannelKind[] Kinds = [ChannelKind.TikTok];

    /// <summary>The adapter, its login and its HTTP clients.</summary>
    public static IServiceCollection AddTikTok(this IServiceCollection services)
    {
        services.AddOptions<TikTokOptions>().BindConfiguration(TikTokOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<TikTokClient>();
        services.TryAddSingleton<TikTokTokens>();
        services.TryAddSingleton<TikTokChannel>();
        services.AddSingleton<IChannelAdapter>(provider => provider.GetRequiredService<TikTokChannel>());
        services.AddSingleton<IAccountLogin>(provider => provider.GetRequiredService<TikTokTokens>());
        services.AddPlatformHttpClient(TikTokClient.Calls, TimeSpan.FromSeconds(20));
        services.AddPlatformHttpClient(TikTokClient.Files, TimeSpan.FromMinutes(2));
        services.AddGuardedHttpClient(TikTokClient.Downloads, provider => new EgressRules
        {
            Exempt = [provider.GetRequiredService<IOptions<TikTokOptions>>().Value.ApiUrl],
            Timeout = TimeSpan.FromSeconds(30),
        });
        services.AddHttpClient(TikTokClient.Sandbox).ConfigurePrimaryHttpMessageHandler(provider => new SimulatorHandler(provider.GetService<SandboxCalls>() is { } calls ? http => calls.AnswerAsync(Kinds, http) : null)).RemoveAllLoggers();
        return services;
    }
}
