using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace Omni.Infrastructure.Events;

/// <summary>The connection to Redis, shared by everything that uses it. Connects in the background and again after every loss: Redis holds hints only, so nobody waits for it.</summary>
internal sealed partial class RedisConnection(string connectionString, ILogger<RedisConnection> logger) : IHostedService, IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private volatile ConnectionMultiplexer? _redis;
    private Task _connecting = Task.CompletedTask;
    private int _disposed;

    /// <summary>Called once there is a connection object, which then keeps itself alive. Set before the start.</summary>
    internal Action<ConnectionMultiplexer>? Ready { get; set; }

    /// <summary>Called after a lost connection is back. Set before the start.</summary>
    internal Action? Restored { get; set; }

    /// <summary>Whether commands can be sent now.</summary>
    internal bool IsConnected => _redis?.IsConnected ?? false;

    /// <summary>The database for commands; null before the first connection. Commands fail with <see cref="RedisException"/> while Redis is away.</summary>
    internal IDatabase? Database => _redis?.GetDatabase();

    /// <summary>Reads a connection string.</summary>
    /// <exception cref="ArgumentException">It cannot be read.</exception>
    internal static ConfigurationOptions Parse(string connectionString)
    {
        var options = ConfigurationOptions.Parse(connectionString);
        options.AbortOnConnectFail = false;
        options.ConnectTimeout = 2_000;
        options.SyncTimeout = 1_000;
        options.KeepAlive = 2; // a peer that has gone silent is noticed after a few of these seconds
        options.ClientName = "omni";
        return options;
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _connecting = Task.Run(ConnectAsync, CancellationToken.None);
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stop.CancelAsync();
        await _connecting;
    }

    public async ValueTask DisposeAsync()
    {
        // The container holds it as a service and as a hosted service, and disposes both.
        if (Interlocked.Exchange(ref _disposed, 1) == 1)
        {
            return;
        }

        await _stop.CancelAsync();
        await _connecting;
        _redis?.Dispose();
        _stop.Dispose();
    }

    private async Task ConnectAsync()
    {
        var options = Parse(connectionString);
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                var redis = await ConnectionMultiplexer.ConnectAsync(options);
                redis.ConnectionFailed += (_, lost) => LogLost(logger, lost.ConnectionType, lost.FailureType);
                redis.ConnectionRestored += (_, back) => OnRestored(back.ConnectionType);
                _redis = redis;
                Ready?.Invoke(redis);
                return;
            }
            catch (RedisConnectionException failure)
            {
                LogUnreachable(logger, failure);
                await Task.Delay(TimeSpan.FromSeconds(1), _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private void OnRestored(ConnectionType type)
    {
        LogRestored(logger, type);
        if (type == ConnectionType.Subscription)
        {
            Restored?.Invoke();
        }
    }

    [LoggerMessage(LogLevel.Warning, "Redis cannot be reached; hints travel by the feed until it can")]
    private static partial void LogUnreachable(ILogger logger, Exception failure);

    [LoggerMessage(LogLevel.Warning, "The {Type} connection to Redis is lost: {Failure}")]
    private static partial void LogLost(ILogger logger, ConnectionType type, ConnectionFailureType failure);

    [LoggerMessage(LogLevel.Information, "The {Type} connection to Redis is back")]
    private static partial void LogRestored(ILogger logger, ConnectionType type);
}
