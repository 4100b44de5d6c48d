using System.Buffers;
using System.Data.Common;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Omni.Core.Common;
using Omni.Core.Sandbox;

namespace Omni.Core.Channels;

/// <summary>Takes webhook requests in: checks the signature over the raw bytes, cuts the body into slices per account, stores all of it in one commit. Nothing else happens before the platform gets its answer.</summary>
public sealed class WebhookIntake(
    IChannelAdapters adapters, IWebhookSecrets secrets, IRouteLookup routes, IInboundStore store, WorkSignals signals, TimeProvider clock)
{
    private static readonly Refusal NotOurs = new Refusal.Unauthenticated("The signature is missing or wrong.");

    /// <summary>Answers a platform's check of the address.</summary>
    /// <returns>The text to send back, or null to refuse.</returns>
    public async Task<string?> ChallengeAsync(ChannelKind kind, Guid? channelId, IReadOnlyDictionary<string, string> query, CancellationToken ct)
    {
        var known = await secrets.FindAsync(kind, channelId, ct);
        return adapters.Find(kind) is { } adapter && known is not null
            ? known.VerifyTokens.DefaultIfEmpty("").Select(token => adapter.AnswerChallenge(query, token)).FirstOrDefault(answer => answer is not null)
            : null;
    }

    /// <summary>Stores a delivery.</summary>
    /// <param name="kind">The platform in the path.</param>
    /// <param name="channelId">The channel in the path; null for the installation's app.</param>
    /// <param name="delivery">The request as it came.</param>
    /// <param name="ct">Stops waiting.</param>
    /// <returns>What was stored, after the commit; unauthenticated when the signature does not fit, with nothing stored; unavailable when nothing can be stored.</returns>
    public async Task<Result<AcceptedDelivery>> AcceptAsync(ChannelKind kind, Guid? channelId, WebhookDelivery delivery, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(delivery);
        if (adapters.Find(kind) is not { } adapter)
        {
            return new Refusal.NotFound("The webhook address");
        }

        try
        {
            return await StoreAsync(adapter, channelId, delivery, ct);
        }
        catch (Exception away) when (away is InboundStoreUnavailableException or DbException)
        {
            return new Refusal.Unavailable("Deliveries cannot be stored at the moment.", TimeSpan.FromSeconds(5));
        }
    }

    /// <summary>Stores what came to Omni itself instead of a platform. Nothing signs it: whoever calls has made the body and checked who wrote it.</summary>
    /// <param name="route">The channel it belongs to.</param>
    /// <param name="body">One account's items, as the channel's adapter reads them.</param>
    /// <param name="ct">Stops waiting.</param>
    /// <returns>Done after the commit; unavailable when nothing can be stored.</returns>
    public async Task<Result<Done>> AcceptOwnAsync(ChannelRoute route, ReadOnlyMemory<byte> body, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(route);
        var row = new WebhookDeliveryRow { Kind = route.Kind, VerifiedChannelId = route.ChannelId, Body = body.ToArray(), ReceivedAt = clock.GetUtcNow() };
        var item = Item(row, route.ExternalAccountId, null, InboundState.Pending, null) with { OrganizationId = route.OrganizationId, ChannelId = route.ChannelId };
        try
        {
            await store.AppendAsync(row, [item], ct);
        }
        catch (Exception away) when (away is InboundStoreUnavailableException or DbException)
        {
            return new Refusal.Unavailable("Messages cannot be stored at the moment.", TimeSpan.FromSeconds(5));
        }

        signals.Inbound.Set();
        return default(Done);
    }

    private async Task<Result<AcceptedDelivery>> StoreAsync(IChannelAdapter adapter, Guid? channelId, WebhookDelivery delivery, CancellationToken ct)
    {
        if (await secrets.FindAsync(adapter.Kind, channelId, ct) is not { } known || !known.AppSecrets.Any(secret => adapter.IsAuthentic(delivery, secret)))
        {
            return NotOurs;
        }

        var now = clock.GetUtcNow();
        var row = new WebhookDeliveryRow
        {
            Kind = adapter.Kind,
            VerifiedChannelId = known.ChannelId,
            Body = Bytes(delivery.Body),
            Headers = Kept(adapter, delivery),
            ReceivedAt = now,
        };
        var items = await SliceAsync(adapter, known, row, ct);
        if (items is null)
        {
            return NotOurs;
        }

        await store.AppendAsync(row, items, ct);
        signals.Inbound.Set();
        return new AcceptedDelivery(known.Sandbox);
    }

    /// <returns>Null when the body is only about accounts that the secret may not speak for, or belongs to another platform.</returns>
    private async Task<IReadOnlyList<InboundQueueItem>?> SliceAsync(
        IChannelAdapter adapter, WebhookSecrets known, WebhookDeliveryRow row, CancellationToken ct)
    {
        IReadOnlyList<DeliverySlice> slices;
        try
        {
            slices = adapter.Split(row.Body);
        }
        catch (ForeignDeliveryException)
        {
            return null;
        }
        catch (Exception unreadable) when (unreadable is not OutOfMemoryException)
        {
            // Whatever an adapter stumbles over: the platform would only send the same again.
            var reason = unreadable is FormatException ? unreadable.Message : $"The body cannot be read: {unreadable.GetType().Name}.";
            return [Item(row, "", null, InboundState.Quarantined, reason) with { OrganizationId = known.OrganizationId, ChannelId = known.ChannelId }];
        }

        var items = new List<InboundQueueItem>(slices.Count);
        foreach (var slice in slices)
        {
            // Pretend accounts are spoken for by their own secret only, and that secret speaks for nothing else.
            if (SandboxIds.Is(slice.AccountId) != known.Sandbox)
            {
                continue;
            }

            var route = await routes.FindAsync(row.Kind, slice.AccountId, known.App, ct);
            if (known.OrganizationId is { } owner && route?.OrganizationId != owner)
            {
                // Signed with one channel's own secret: it speaks for that organization's accounts only.
                route = null;
            }

            if (known.Sandbox && route?.ChannelId != known.ChannelId)
            {
                continue;
            }

            var own = slices.Count == 1 ? null : slice.Body.ToArray();
            items.Add(Item(row, slice.AccountId, own, route is null ? InboundState.Unrouted : InboundState.Pending, null) with
            {
                OrganizationId = route?.OrganizationId,
                ChannelId = route?.ChannelId,
            });
        }

        return items.Count == 0 && slices.Count > 0 ? null : items;
    }

    /// <summary>The bytes without a copy, where they are an array of their own.</summary>
    private static byte[] Bytes(ReadOnlyMemory<byte> body) =>
        MemoryMarshal.TryGetArray(body, out var part) && part.Array is { } whole && part.Count == whole.Length ? whole : body.ToArray();

    private static string Kept(IChannelAdapter adapter, WebhookDelivery delivery)
    {
        var json = new ArrayBufferWriter<byte>(256);
        using (var writer = new Utf8JsonWriter(json))
        {
            writer.WriteStartObject();
            foreach (var name in adapter.KeptHeaders)
            {
                if (delivery.Headers.TryGetValue(name, out var value))
                {
                    writer.WriteString(name, value);
                }
            }

            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(json.WrittenSpan);
    }

    private static InboundQueueItem Item(WebhookDeliveryRow row, string account, byte[]? slice, InboundState state, string? error) => new()
    {
        DeliveryId = row.Id,
        Kind = row.Kind,
        AccountId = account,
        Slice = slice,
        State = state,
        Error = error,
        NextAt = row.ReceivedAt,
        ReceivedAt = row.ReceivedAt,
    };
}

/// <summary>A delivery that is stored.</summary>
/// <param name="IsSandbox">True when a pretend platform sent it; figures leave it out.</param>
public sealed record AcceptedDelivery(bool IsSandbox);
