using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Omni.Core.Channels;
using Omni.Core.Common;
using Omni.Core.Media;
using Omni.Infrastructure.Channels.Inbound;
using Omni.Infrastructure.Channels.Intake;
using Omni.Infrastructure.Channels.Meta;
using Omni.Infrastructure.Channels.Polling;
using Omni.Infrastructure.Channels.Reddit;
using Omni.Infrastructure.Channels.Sending;
using Omni.Infrastructure.Channels.TikTok;
using Omni.Infrastructure.Media;
using Omni.Infrastructure.Widget;

namespace Omni.Infrastructure.Channels;

/// <summary>The channels of the installation.</summary>
public static partial class ChannelsModule
{
    /// <summary>Registers the platforms' adapters and the intake of webhooks; every node has these.</summary>
    public static IServiceCollection AddChannelIntake(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<WorkSignals>();
        services.AddMetaPlatforms();
        services.AddTikTok();
        services.AddReddit();
        services.AddSingleton<ICallBudgets, CallBudgets>();
        services.AddWidgetChannel();
        services.AddSingleton<IChannelAdapters, ChannelAdapters>();
        services.AddSingleton<IRouteLookup, RouteLookup>();
        services.AddSingleton<InboundStore>();
        services.AddSingleton<IInboundStore>(p => p.GetRequiredService<InboundStore>());
        services.AddHostedService(p => p.GetRequiredService<InboundStore>());
        services.AddSingleton<WebhookIntake>();
        services.AddSingleton<ChannelHistory>();
        services.AddSingleton<MetaLogins>();
        services.AddSingleton<AccountLogins>();
        services.AddSingleton<RedditLogins>();
        services.AddSingleton<OutboundSignals>();
        services.AddSingleton<IOutboundSignals>(p => p.GetRequiredService<OutboundSignals>());
        services.AddHostedService(p => p.GetRequiredService<OutboundSignals>());
        return services;
    }

    /// <summary>Registers the workers that apply what came in and send what goes out; only nodes with the role <c>worker</c>.</summary>
    public static IServiceCollection AddChannelWorkers(this IServiceCollection services)
    {
        services.AddSingleton<ProfileQueue>();
        services.AddSingleton<InboundLane>();
        services.AddHostedService<ProfileWorker>();
        services.AddSingleton<HistoryWorker>();
        services.AddHostedService(p => p.GetRequiredService<HistoryWorker>());
        services.AddHostedService<InboundWorker>();
        services.AddSingleton<PollStore>();
        services.AddSingleton<ChannelTrouble>();
        services.AddSingleton<PollWorker>();
        services.AddHostedService(p => p.GetRequiredService<PollWorker>());
        services.AddOptions<SendOptions>().BindConfiguration(SendOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<OutboxStore>();
        services.AddSingleton<SendBuckets>();
        services.AddSingleton<EarlyUpdates>();
        services.AddHostedService<SenderWorker>();
        services.AddHostedService<MediaWorker>();
        return services;
    }
}
