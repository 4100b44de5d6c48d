using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Omni.Core.Channels;
using Omni.Infrastructure.Channels.Instagram;
using Omni.Infrastructure.Channels.Messenger;
using Omni.Infrastructure.Channels.Simulator;
using Omni.Infrastructure.Channels.WhatsApp;
using Omni.Infrastructure.Common;
using Omni.Infrastructure.Sandbox;

namespace Omni.Infrastructure.Channels.Meta;

/// <summary>Registers Meta's platforms; called from the channels' module.</summary>
internal static class MetaModule
{
    /// <summary>The platforms behind the Graph API.</summary>
    private static readonly ChannelKind[] Kinds = [ChannelKind.WhatsApp, ChannelKind.Messenger, ChannelKind.Instagram];

    /// <summary>WhatsApp, Messenger and Instagram.</summary>
    public static IServiceCollection AddMetaPlatforms(this IServiceCollection services)
    {
        services.AddMeta();
        services.AddAdapter<WhatsAppChannel>();
        services.AddAdapter<MessengerChannel>();
        services.AddAdapter<InstagramChannel>();
        return services;
    }

    private static void AddAdapter<T>(this IServiceCollection services) where T : class, IChannelAdapter
    {
        services.TryAddSingleton<T>();
        services.AddSingleton<IChannelAdapter>(provider => provider.GetRequiredService<T>());
    }

    private static void AddMeta(this IServiceCollection services)
    {
        services.AddOptions<MetaOptions>().BindConfiguration(MetaOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<GraphClient>();
        services.TryAddSingleton<IMetaLogin, MetaLogin>();
        services.AddPlatformHttpClient(GraphClient.Calls, TimeSpan.FromSeconds(20));
        services.AddPlatformHttpClient(GraphClient.Files, TimeSpan.FromMinutes(5)); // 100 MB at 3 Mbit/s
        services.AddGuardedHttpClient(GraphClient.Downloads, provider => new EgressRules
        {
            Exempt = provider.GetRequiredService<IOptions<MetaOptions>>().Value is var meta ? [meta.GraphUrl, meta.InstagramGraphUrl] : [],
            Timeout = TimeSpan.FromSeconds(30),
        });
        services.AddHttpClient(GraphClient.Sandbox).ConfigurePrimaryHttpMessageHandler(provider => new SimulatorHandler(provider.GetService<SandboxCalls>() is { } calls ? http => calls.AnswerAsync(Kinds, http) : null)).RemoveAllLoggers();
    }
}
