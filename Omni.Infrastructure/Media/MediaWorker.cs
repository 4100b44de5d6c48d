using System.Text.Json.Nodes;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using Omni.Core.Channels;
using Omni.Core.Common;
using Omni.Core.Events;
using Omni.Core.Media;
using Omni.Core.Operations;
using Omni.Infrastructure.Channels.Inbound;
using Omni.Infrastructure.Common;
using Omni.Infrastructure.Data;

namespace Omni.Infrastructure.Media;

/// <summary>Fetches the files of incoming messages, apart from the messages themselves: a file that cannot be had never holds up or loses a message.</summary>
internal sealed partial class MediaWorker(
    NpgsqlDataSource source,
    IChannelAdapters adapters,
    IChannelCredentials credentials,
    IBlobStore blobs,
    IEventBus bus,
    WorkSignals signals,
    TimeProvider clock,
    IOptions<OmniOptions> options,
    ILogger<MediaWorker> logger) : BackgroundService
{
    /// <summary>Largest file that is fetched, in bytes: WhatsApp's limit for documents.</summary>
    internal const long Limit = 100L << 20;

    /// <summary>Platforms keep files for days (WhatsApp: 7): after that trying makes no sense.</summary>
    private static readonly TimeSpan GiveUpAfter = TimeSpan.FromDays(7);

    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Sweep = TimeSpan.FromSeconds(2);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var places = new SemaphoreSlim(options.Value.Workers.Media);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await places.WaitAsync(stoppingToken);
                var taken = await ClaimAsync(stoppingToken);
                if (taken is null)
                {
                    places.Release();
                    await signals.Media.WaitAsync(Sweep, stoppingToken);
                    continue;
                }

                _ = FetchAsync(taken, places, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure) when (InboundFailure.IsOurs(failure))
            {
                places.Release();
                LogSweepFailed(logger, failure);
                await signals.Media.WaitAsync(Sweep, stoppingToken);
            }
        }
    }

    /// <summary>Takes the file that is longest due. The claim is its own next time: when this node dies, another takes it then.</summary>
    private async Task<Wanted?> ClaimAsync(CancellationToken ct)
    {
        await using var batch = source.CreateBatch();
        batch.BatchCommands.Add(Walls.AsWorker());
        batch.BatchCommands.Add(new NpgsqlBatchCommand("""
            update attachments a set attempts = a.attempts + 1, next_at = now() + $1
            from (select organization_id, id from attachments where state = 'pending' and next_at <= now() and message_id is not null order by next_at limit 1 for update skip locked) x,
              messages m, channels c, conversations v
            where a.organization_id = x.organization_id and a.id = x.id and m.organization_id = a.organization_id and m.id = a.message_id
              and c.organization_id = m.organization_id and c.id = m.channel_id and v.organization_id = m.organization_id and v.id = m.conversation_id
            returning a.organization_id, a.id, a.message_id, m.conversation_id, c.id, c.kind, a.external_id, a.source_url, a.attempts, a.created_at, a.name, a.type, m.external_id, v.thread_key
            """) { Parameters = { new() { Value = Lease } } });
        await using var reader = await batch.ExecuteReaderAsync(ct);
        await reader.NextResultAsync(ct);
        return await reader.ReadAsync(ct)
            ? new Wanted(
                reader.GetGuid(0), reader.GetGuid(1), reader.GetGuid(2), reader.GetGuid(3), reader.GetGuid(4), Names.Parse<ChannelKind>(reader.GetString(5)),
                reader.Text(6), reader.Text(7), reader.GetInt32(8), reader.GetFieldValue<DateTimeOffset>(9), reader.Text(10), reader.GetString(11), reader.Text(12), reader.GetString(13))
            : null;
    }

    private async Task FetchAsync(Wanted wanted, SemaphoreSlim places, CancellationToken ct)
    {
        try
        {
            await SettleAsync(wanted, await DownloadAsync(wanted, ct), ct);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            return;
        }
        catch (Exception failure) when (InboundFailure.IsOurs(failure))
        {
            LogFetchFailed(logger, wanted.Id, failure);
        }
        finally
        {
            places.Release();
            signals.Media.Set();
        }
    }

    private async Task<Fetched> DownloadAsync(Wanted wanted, CancellationToken ct)
    {
        if (adapters.Find(wanted.Kind) is not { } adapter || await credentials.OpenAsync(wanted.OrganizationId, wanted.ChannelId, ct) is not { } access)
        {
            return Fetched.Later(TimeSpan.FromMinutes(5), "The channel is not connected.");
        }

        try
        {
            switch (await adapter.DownloadAsync(new MediaReference(wanted.ExternalId, wanted.Url, Limit) { Type = wanted.Type, MessageId = wanted.MessageExternalId, ThreadKey = wanted.ThreadKey }, access, ct))
            {
                case MediaOutcome.Opened opened:
                    await using (opened)
                    {
                        return await blobs.SaveAsync(opened.Content, Limit, ct) is { } stored
                            ? new Fetched(AttachmentState.Stored, null, stored, await MimeAsync(stored.Key, ct), TimeSpan.Zero)
                            : TooLarge;
                    }

                case MediaOutcome.Gone gone:
                    return new Fetched(AttachmentState.Failed, gone.Reason, null, null, TimeSpan.Zero);
                case MediaOutcome.Reauthorize refused:
                    await credentials.RefusedAsync(wanted.OrganizationId, wanted.ChannelId, access, refused.Reason, ct);
                    return Fetched.Later(TimeSpan.FromMinutes(2), refused.Reason);
                case MediaOutcome.Retry retry:
                    return Fetched.Later(retry.After, retry.Reason);
                default:
                    throw new System.Diagnostics.UnreachableException();
            }
        }
        catch (TooLargeException)
        {
            return TooLarge;
        }
        catch (Exception broken) when (broken is IOException or HttpRequestException or TimeoutException)
        {
            return Fetched.Later(TimeSpan.Zero, "The download broke off.");
        }
    }

    private static Fetched TooLarge => new(AttachmentState.Refused, $"The file is larger than {Limit >> 20} MB.", null, null, TimeSpan.Zero);

    private async Task<string> MimeAsync(string key, CancellationToken ct)
    {
        await using var content = await blobs.OpenAsync(key, ct);
        var head = new byte[ContentType.HeadLength];
        var length = content is null ? 0 : await content.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false, ct);
        return ContentType.Sniff(head.AsSpan(0, length));
    }

    private async Task SettleAsync(Wanted wanted, Fetched fetched, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var tooOld = fetched.State == AttachmentState.Pending && now - wanted.CreatedAt > GiveUpAfter;
        var state = tooOld ? AttachmentState.Failed : fetched.State;
        var backOff = TimeSpan.FromSeconds(Math.Min(3_600, 5 * Math.Pow(2, Math.Min(wanted.Attempts, 12))));
        var change = new ChangeEvent(
            wanted.OrganizationId, ChangeEvent.Conversation(wanted.ConversationId), EventNames.MessageUpdated,
            new JsonObject { ["conversationId"] = wanted.ConversationId, ["messageId"] = wanted.MessageId, ["attachmentId"] = wanted.Id }, now);
        await using var connection = await source.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await using var batch = new NpgsqlBatch(connection, transaction);
        batch.BatchCommands.Add(Walls.As(wanted.OrganizationId));
        batch.BatchCommands.Add(new NpgsqlBatchCommand("""
            update attachments set state = $3, reason = $4, blob_key = $5, size = $6, mime = coalesce($7, mime), next_at = $8
            where organization_id = $1 and id = $2 and state = 'pending'
            """)
        {
            Parameters =
            {
                new() { Value = wanted.OrganizationId }, new() { Value = wanted.Id }, new() { Value = Names.Of(state) }, Text(fetched.Reason), Text(fetched.Blob?.Key),
                new() { Value = (object?)fetched.Blob?.Size ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Bigint }, Text(fetched.Mime),
                new() { Value = now + (fetched.After > backOff ? fetched.After : backOff) },
            },
        });
        batch.BatchCommands.Add(new NpgsqlBatchCommand("insert into change_events (id, organization_id, subject, name, data, at) values ($2, $1, $3, $4, $5::jsonb, $6)")
        {
            Parameters =
            {
                new() { Value = wanted.OrganizationId }, new() { Value = change.Id }, new() { Value = change.Subject }, new() { Value = change.Name },
                new() { Value = change.Data.ToJsonString() }, new() { Value = now },
            },
        });
        await batch.ExecuteNonQueryAsync(ct);
        await transaction.CommitAsync(ct);
        bus.Publish([change]);
    }

    private static NpgsqlParameter Text(string? value) => new() { Value = (object?)value ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text };

    [LoggerMessage(Level = LogLevel.Warning, Message = "Looking for files to fetch failed; trying again")]
    private static partial void LogSweepFailed(ILogger logger, Exception failure);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Fetching attachment {AttachmentId} failed; it is tried again")]
    private static partial void LogFetchFailed(ILogger logger, Guid attachmentId, Exception failure);

    private sealed record Wanted(
        Guid OrganizationId, Guid Id, Guid MessageId, Guid ConversationId, Guid ChannelId, ChannelKind Kind,
        string? ExternalId, string? Url, int Attempts, DateTimeOffset CreatedAt, string? Name, string Type, string? MessageExternalId, string ThreadKey);

    private sealed record Fetched(AttachmentState State, string? Reason, StoredBlob? Blob, string? Mime, TimeSpan After)
    {
        internal static Fetched Later(TimeSpan after, string reason) => new(AttachmentState.Pending, reason, null, null, after);
    }
}
