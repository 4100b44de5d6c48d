using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Omni.Core.Common;
using Omni.Core.Notifications;
using Omni.Core.Operations;
using Omni.Infrastructure.Common;
using Omni.Infrastructure.Notifications.Push;
using Omni.Infrastructure.Operations.Retention;

namespace Omni.Infrastructure.Notifications;

/// <summary>Telling people what happened: in Omni, by push, by letter.</summary>
public static class NotificationsModule
{
    /// <summary>Registers what every node has. Needs <c>AddData</c>, <c>AddEvents</c>, <c>AddIdentity</c> and an <c>IPublicAddress</c>.</summary>
    public static IServiceCollection AddNotifications(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<WorkSignals>();
        services.AddSingleton<NotificationStore>();
        services.AddSingleton<INotifications, NotificationReader>();
        services.AddSingleton<VapidKeys>();
        services.AddGuardedHttpClient(PushGateway.Client, Rules);
        services.AddSingleton(p => ActivatorUtilities.CreateInstance<PushGateway>(p, new EgressGuard(Rules(p))));
        services.AddSingleton<IPushGateway>(p => p.GetRequiredService<PushGateway>());
        services.AddSingleton<PushSubscriptionService>();
        services.AddSingleton<IDigests, Digests>();
        services.AddSingleton(new RetentionRule("notifications", "created_at < $1", TimeSpan.FromDays(60)));
        return services;
    }

    /// <summary>Registers the workers that make notifications and send pushes; only nodes with the role <c>worker</c>.</summary>
    public static IServiceCollection AddNotificationWorkers(this IServiceCollection services)
    {
        services.AddSingleton<NotificationProducer>();
        services.AddSingleton<NotificationFeed>();
        services.AddHostedService(p => p.GetRequiredService<NotificationFeed>());
        services.AddSingleton<PushQueue>();
        services.AddSingleton<PushWorker>();
        services.AddHostedService(p => p.GetRequiredService<PushWorker>());
        return services;
    }

    private static EgressRules Rules(IServiceProvider provider) => new()
    {
        Allow = OmniOptions.List(provider.GetRequiredService<IOptions<OmniOptions>>().Value.Egress.Allow),
    };
}
