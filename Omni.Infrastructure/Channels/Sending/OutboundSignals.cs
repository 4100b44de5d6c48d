using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Omni.Core.Channels;
using Omni.Core.Common;
using Omni.Core.Identity;
using Omni.Infrastructure.Channels.Inbound;
using Omni.Infrastructure.Data;

namespace Omni.Infrastructure.Channels.Sending;

/// <summary>Hands read marks and typing to platforms, one after the other, at most one of a kind per conversation in a while. What does not fit into the short queue is dropped: these signs are worth nothing late.</summary>
internal sealed partial class OutboundSignals(
    NpgsqlDataSource source, IChannelAdapters adapters, IChannelCredentials credentials, TimeProvider clock, ILogger<OutboundSignals> logger)
    : BackgroundService, IOutboundSignals
{
    private static readonly TimeSpan TypingAgain = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan ReadAgain = TimeSpan.FromSeconds(1);

    private readonly System.Threading.Channels.Channel<(Guid Organization, Guid Conversation, SignalKind Kind)> _queue =
        System.Threading.Channels.Channel.CreateBounded<(Guid, Guid, SignalKind)>(new BoundedChannelOptions(1_000) { FullMode = BoundedChannelFullMode.DropOldest });

    private readonly ConcurrentDictionary<(Guid, SignalKind), DateTimeOffset> _last = new();
    private readonly ConcurrentDictionary<Guid, string> _read = new();

    public void Read(Actor actor, Guid conversationId) => Add(actor, conversationId, SignalKind.Read, ReadAgain);

    public void Typing(Actor actor, Guid conversationId) => Add(actor, conversationId, SignalKind.Typing, TypingAgain);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await foreach (var (organization, conversation, kind) in _queue.Reader.ReadAllAsync(stoppingToken))
            {
                try
                {
                    await SendAsync(organization, conversation, kind, stoppingToken);
                }
                catch (Exception failure) when (InboundFailure.IsOurs(failure))
                {
                    LogFailed(logger, conversation, failure);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            return;
        }
    }

    private void Add(Actor actor, Guid conversationId, SignalKind kind, TimeSpan again)
    {
        var now = clock.GetUtcNow();
        if (_last.TryGetValue((conversationId, kind), out var last) && now - last < again)
        {
            return;
        }

        if (_last.Count > 20_000)
        {
            _last.Clear();
            _read.Clear();
        }

        _last[(conversationId, kind)] = now;
        _queue.Writer.TryWrite((actor.OrganizationId, conversationId, kind));
    }

    private async Task SendAsync(Guid organization, Guid conversation, SignalKind kind, CancellationToken ct)
    {
        await using var batch = source.CreateBatch();
        batch.BatchCommands.Add(Walls.As(organization));
        batch.BatchCommands.Add(new NpgsqlBatchCommand("""
            select ch.id, ch.kind, (select array_agg(i.external_id order by i."primary" desc) from contact_identities i
                where i.organization_id = c.organization_id and i.contact_id = c.contact_id and i.channel_id = c.channel_id),
              (select m.external_id from messages m where m.organization_id = c.organization_id and m.conversation_id = c.id and m.direction = 'in' order by m.position desc, m.seq desc limit 1), c.thread_key
            from conversations c join channels ch on ch.organization_id = c.organization_id and ch.id = c.channel_id
            where c.organization_id = $1 and c.id = $2 and ch.status in ('connected', 'degraded')
            """) { Parameters = { new() { Value = organization }, new() { Value = conversation } } });
        await using var reader = await batch.ExecuteReaderAsync(ct);
        await reader.NextResultAsync(ct);
        if (!await reader.ReadAsync(ct) || reader.IsDBNull(2) || reader.Text(3) is not { } last)
        {
            return;
        }

        var (channel, platform, recipients, thread) = (reader.GetGuid(0), Names.Parse<ChannelKind>(reader.GetString(1)), reader.GetFieldValue<string[]>(2), reader.GetString(4));
        await reader.DisposeAsync();
        var capabilities = adapters.Find(platform)?.Capabilities;
        var wanted = kind == SignalKind.Read ? capabilities?.ReadMarks : capabilities?.Typing;
        if (wanted != true || (kind == SignalKind.Read && _read.TryGetValue(conversation, out var told) && told == last))
        {
            return;
        }

        if (await credentials.OpenAsync(organization, channel, ct) is { } access)
        {
            var result = await adapters.Find(platform)!.SignalAsync(new OutboundSignal(kind, recipients, last, thread), access, ct);
            if (result.Refusal is null && kind == SignalKind.Read)
            {
                _read[conversation] = last;
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "A read mark or typing sign of conversation {ConversationId} did not get through")]
    private static partial void LogFailed(ILogger logger, Guid conversationId, Exception failure);
}
