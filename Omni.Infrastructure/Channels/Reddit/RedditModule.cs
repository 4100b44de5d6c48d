using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Omni.Core.Channels;
using Omni.Infrastructure.Channels.Simulator;
using Omni.Infrastructure.Common;
using Omni.Infrastructure.Sandbox;

namespace Omni.Infrastructure.Channels.Reddit;

/// <summary>Registers Reddit; called from the channels' module.</summary>
internal static class RedditModule
{
    private static readonly ChannelKind[] Kinds = [ChannelKind.Reddit];

    /// <summary>Reddit. Needs <see cref="ICallBudgets"/>.</summary>
    public static IServiceCollection AddReddit(this IServiceCollection services)
    {
        services.AddOptions<RedditOptions>().BindConfiguration(RedditOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<RedditClient>();
        services.TryAddSingleton<RedditChannel>();
        services.AddSingleton<IChannelAdapter>(provider => provider.GetRequiredService<RedditChannel>());
        services.AddPlatformHttpClient(RedditClient.Calls, TimeSpan.FromSeconds(20));
        services.AddHttpClient(RedditClient.Sandbox).ConfigurePrimaryHttpMessageHandler(provider => new SimulatorHandler(provider.GetService<SandboxCalls>() is { } calls ? http => calls.AnswerAsync(Kinds, http) : null)).RemoveAllLoggers();
        return services;
    }
}
