using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Omni.Core.Channels;
using Omni.Core.Widget;
using Omni.Infrastructure.Operations.Retention;

namespace Omni.Infrastructure.Widget;

/// <summary>Website chats.</summary>
public static class WidgetModule
{
    /// <summary>How long a visitor who never wrote is remembered.</summary>
    internal static readonly TimeSpan AbandonedFor = TimeSpan.FromDays(30);

    /// <summary>Registers website chats. Needs the modules of data, events, identity, channels, contacts and media.</summary>
    public static IServiceCollection AddWidget(this IServiceCollection services)
    {
        services.AddWidgetChannel();
        services.AddSingleton<WidgetSites>();
        services.AddSingleton<IWidgetReader, WidgetReader>();
        services.AddSingleton<WidgetPeople>();
        services.AddSingleton<WidgetVisitors>();
        services.AddSingleton<WidgetMessages>();
        services.AddSingleton<WidgetFiles>();
        services.AddSingleton<WidgetTeam>();
        services.AddSingleton<WidgetReceipts>();
        services.AddSingleton<WidgetHub>();
        services.AddSingleton<WidgetChannels>();
        services.AddSingleton<WidgetSightings>();
        services.AddSingleton<WidgetLetters>();
        services.AddSingleton<WidgetContext>();
        services.AddSingleton(new RetentionRule("widget_visitors", "wrote_at is null and last_seen_at < $1", AbandonedFor));
        services.AddSingleton(new RetentionRule("widget_letters", "settled_at < $1", TimeSpan.FromDays(7)));
        return services;
    }

    /// <summary>Registers what mails replies to visitors who have left; only nodes with the role <c>worker</c>.</summary>
    public static IServiceCollection AddWidgetWorkers(this IServiceCollection services)
    {
        services.AddHostedService<WidgetLetterWorker>();
        return services;
    }

    /// <summary>Registers the website chat as a platform; called from the channels' module.</summary>
    internal static IServiceCollection AddWidgetChannel(this IServiceCollection services)
    {
        services.AddOptions<WidgetOptions>().BindConfiguration(WidgetOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.TryAddSingleton<WidgetLetterBox>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IChannelAdapter, WidgetChannel>());
        return services;
    }
}
