using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Omni.Core.Channels;
using Omni.Core.Common;
using Omni.Core.Operations;
using Omni.Infrastructure.Channels.Polling;

namespace Omni.Infrastructure.Channels;

/// <summary>The channels of the installation.</summary>
public static partial class ChannelsModule
{
    /// <summary>Registers connecting, testing and probing of channels, their opened secrets, the webhook log and the audit log.</summary>
    public static IServiceCollection AddChannelConnections(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<WorkSignals>();
        services.AddSingleton<IChannelCredentials, ChannelCredentials>();
        services.AddSingleton<IWebhookSecrets, WebhookSecretStore>();
        services.AddSingleton<IChannelRoutes, ChannelRoutes>();
        services.AddSingleton<IChannelPolls, ChannelPolls>();
        services.AddSingleton<IChannelFigures, ChannelFiguresReader>();
        services.AddSingleton<IWebhookLog, WebhookLog>();
        services.AddSingleton<ChannelService>();
        services.AddSingleton<IChannelProbe, ChannelProbe>();
        services.AddSingleton<IChannelTokens, ChannelTokens>();
        services.AddSingleton<ChannelLogins>();
        services.AddSingleton<WebhookLogService>();
        services.AddSingleton<AuditLogService>();
        return services;
    }
}
