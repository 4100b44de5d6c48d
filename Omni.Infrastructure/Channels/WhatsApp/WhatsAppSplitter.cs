using System.Text.Json;
using Omni.Core.Channels;
using Omni.Infrastructure.Channels.Meta;

namespace Omni.Infrastructure.Channels.WhatsApp;

/// <summary>Cuts a delivery into slices per account.</summary>
internal static class WhatsAppSplitter
{
    /// <inheritdoc cref="IChannelAdapter.Split"/>
    public static IReadOnlyList<DeliverySlice> Split(ReadOnlyMemory<byte> body)
    {
        using var document = PlatformJson.Read(body);
        try
        {
            var changes = WhatsAppEnvelope.Changes(document.RootElement);
            var accounts = changes.GroupBy(c => c.AccountId, StringComparer.Ordinal).ToList();
            return accounts.Count == 1
                ? [new DeliverySlice(accounts[0].Key, body, changes.Sum(Items))]
                : accounts.ConvertAll(a => new DeliverySlice(a.Key, MetaSlices.Write(MetaTopic.WhatsApp, a.Select(c => new MetaPart(c.IsEntry ? null : "changes", c.Entry, c.Raw))), a.Sum(Items)));
        }
        catch (InvalidOperationException e)
        {
            throw new FormatException("The body has member names that cannot be read.", e);
        }
    }

    private static int Items(WhatsAppChange change)
    {
        var items = 0;
        foreach (var list in (ReadOnlySpan<JsonElement>)[change.Value.Member("messages"u8), change.Value.Member("statuses"u8), change.Value.Member("message_echoes"u8)])
        {
            items += list.ValueKind == JsonValueKind.Array ? list.GetArrayLength() : 0;
        }

        return Math.Max(items, 1);
    }
}
