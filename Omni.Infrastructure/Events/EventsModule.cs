using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Omni.Core.Events;
using Omni.Core.Operations;

namespace Omni.Infrastructure.Events;

/// <summary>Announcing what was committed: bus, feed and Redis.</summary>
public static class EventsModule
{
    /// <summary>The key of Redis' connection string.</summary>
    public const string RedisKey = "ConnectionStrings:Redis";

    /// <summary>Registers <see cref="IEventBus"/> and <see cref="IEventFeed"/>. Needs <c>AddData</c>.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="redisConnectionString">How to reach Redis; null or empty on a single node, and on several that can wait a second for each other.</param>
    /// <exception cref="StartupException">The connection string cannot be read.</exception>
    public static IServiceCollection AddEvents(this IServiceCollection services, string? redisConnectionString)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddMetrics();
        services.TryAddSingleton<OmniMetrics>();
        services.AddSingleton<EventBus>();
        services.AddSingleton<EventFeedReader>();
        services.AddSingleton<IEventFeed>(p => new SharedEventFeed(p.GetRequiredService<EventFeedReader>(), p.GetRequiredService<TimeProvider>()));
        services.AddHostedService<EventFeed>();
        if (string.IsNullOrWhiteSpace(redisConnectionString))
        {
            return services.AddSingleton<IEventBus>(p => p.GetRequiredService<EventBus>());
        }

        Check(redisConnectionString);
        services.AddSingleton(p => ActivatorUtilities.CreateInstance<RedisConnection>(p, redisConnectionString));
        services.AddSingleton<RedisEventBus>();
        services.AddSingleton<IEventBus>(p => p.GetRequiredService<RedisEventBus>());
        services.AddHostedService(p => p.GetRequiredService<RedisEventBus>()); // before the connection, which tells it when it is ready
        services.AddHostedService(p => p.GetRequiredService<RedisConnection>());
        return services;
    }

    private static void Check(string connectionString)
    {
        try
        {
            RedisConnection.Parse(connectionString);
        }
        catch (Exception wrong) when (wrong is ArgumentException or FormatException)
        {
            throw new StartupException($"{RedisKey}: expected host:port with options after commas, such as redis:6379,password=…", wrong);
        }
    }
}
