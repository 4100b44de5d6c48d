using System.Text.Json;
using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Omni.Core.Common;
using Omni.Core.Events;
using StackExchange.Redis;

namespace Omni.Infrastructure.Events;

/// <summary>
/// Carries hints between nodes on the Redis channels <c>omni:bus:{organization}</c>. Local listeners never wait for it; what Redis
/// loses comes through the feed within a second.
/// </summary>
internal sealed partial class RedisEventBus : BackgroundService, IEventBus
{
    /// <summary>Beginning of the channels' names.</summary>
    internal const string Prefix = "omni:bus:";

    private const int MostPerMessage = 200;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly string _node = OmniId.New().ToString("N");
    private readonly EventBus _local;
    private readonly RedisConnection _redis;
    private readonly ILogger<RedisEventBus> _logger;
    private readonly Channel<ChangeEvent> _out = Channel.CreateBounded<ChangeEvent>(new BoundedChannelOptions(10_000)
    {
        FullMode = BoundedChannelFullMode.DropOldest, // the feed brings what is dropped
        SingleReader = true,
    });

    private ISubscriber? _channel;
    private bool _failing;

    public RedisEventBus(EventBus local, RedisConnection redis, ILogger<RedisEventBus> logger)
    {
        (_local, _redis, _logger) = (local, redis, logger);
        redis.Ready = OnReady;
        redis.Restored = local.RaiseGap;
    }

    public void Publish(IReadOnlyList<ChangeEvent> events)
    {
        _local.Publish(events);
        foreach (var change in events)
        {
            _out.Writer.TryWrite(change);
        }
    }

    public IDisposable Subscribe(Guid organizationId, string subject, Func<ChangeEvent, ValueTask> handler, Func<ValueTask>? onGap = null) =>
        _local.Subscribe(organizationId, subject, handler, onGap);

    public IDisposable OnGap(Func<ValueTask> handler) => _local.OnGap(handler);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (await _out.Reader.WaitToReadAsync(stoppingToken))
        {
            var waiting = new List<ChangeEvent>();
            while (waiting.Count < MostPerMessage && _out.Reader.TryRead(out var change))
            {
                waiting.Add(change);
            }

            foreach (var organization in waiting.GroupBy(e => e.OrganizationId))
            {
                await SendAsync(organization.Key, [.. organization], stoppingToken);
            }
        }
    }

    private async Task SendAsync(Guid organizationId, ChangeEvent[] events, CancellationToken ct)
    {
        if (_channel is null)
        {
            return; // not connected yet; the feed brings these
        }

        try
        {
            await _channel.PublishAsync(Prefix + organizationId.ToString("N"), JsonSerializer.SerializeToUtf8Bytes(new Hints(_node, events)))
                .WaitAsync(Patience, ct);
            _failing = false;
        }
        catch (Exception failure) when (failure is RedisException or TimeoutException && !ct.IsCancellationRequested)
        {
            if (!_failing)
            {
                _failing = true;
                LogNotSent(_logger, failure);
            }
        }
    }

    private void OnReady(ConnectionMultiplexer redis)
    {
        var channel = redis.GetSubscriber();
        channel.Subscribe(new RedisChannel(Prefix + "*", RedisChannel.PatternMode.Pattern), (_, value) => Receive(value), CommandFlags.FireAndForget);
        _channel = channel;
    }

    private void Receive(byte[]? value)
    {
        try
        {
            if (value is { Length: > 0 } && JsonSerializer.Deserialize<Hints>(value) is { Events: { } events } hints && hints.Node != _node)
            {
                _local.Publish(events);
            }
        }
        catch (JsonException failure)
        {
            LogUnreadable(_logger, failure); // another version of Omni during an upgrade; the feed brings the events
        }
    }

    [LoggerMessage(LogLevel.Warning, "Hints to other nodes are not sent: Redis does not answer")]
    private static partial void LogNotSent(ILogger logger, Exception failure);

    [LoggerMessage(LogLevel.Warning, "A hint from another node cannot be read")]
    private static partial void LogUnreadable(ILogger logger, Exception failure);

    private sealed record Hints(string Node, IReadOnlyList<ChangeEvent> Events);
}
