using System.Text.Json;
using System.Text.Json.Nodes;
using Omni.Core.Channels;
using Omni.Core.Common;

namespace Omni.Infrastructure.Channels.Meta;

/// <summary>
/// Reads deliveries of Messenger (developers.facebook.com/docs/messenger-platform/reference/webhook-events) and of Instagram
/// (developers.facebook.com/docs/instagram-platform/webhooks/examples). One pass over the document; items fail one by one.
/// </summary>
internal sealed class DirectParser
{
    private readonly DirectPlatform _platform;
    private readonly List<ParsedItem> _items = [];
    private readonly HashSet<string> _seen = [];

    private DirectParser(DirectPlatform platform) => _platform = platform;

    /// <inheritdoc cref="IChannelAdapter.Parse"/>
    public static IReadOnlyList<ParsedItem> Parse(DirectPlatform platform, ReadOnlyMemory<byte> slice)
    {
        using var document = PlatformJson.Read(slice);
        var parser = new DirectParser(platform);
        try
        {
            foreach (var item in DirectEnvelope.Items(document.RootElement, platform.Topic))
            {
                parser.Read(item);
            }
        }
        catch (InvalidOperationException e)
        {
            throw new FormatException("The body has member names that cannot be read.", e);
        }

        return parser._items;
    }

    /// <inheritdoc cref="IChannelAdapter.Split"/>
    public static IReadOnlyList<DeliverySlice> Split(DirectPlatform platform, ReadOnlyMemory<byte> body)
    {
        using var document = PlatformJson.Read(body);
        try
        {
            var accounts = DirectEnvelope.Items(document.RootElement, platform.Topic).GroupBy(i => i.AccountId, StringComparer.Ordinal).ToList();
            return accounts.Count == 1
                ? [new DeliverySlice(accounts[0].Key, body, accounts[0].Count())]
                : accounts.ConvertAll(a => new DeliverySlice(a.Key, MetaSlices.Write(platform.Topic, a.Select(i => new MetaPart(i.List, i.Entry, i.Raw))), a.Count()));
        }
        catch (InvalidOperationException e)
        {
            throw new FormatException("The body has member names that cannot be read.", e);
        }
    }

    private void Read(in DirectItem item)
    {
        try
        {
            foreach (var read in item.IsChange ? DirectChanges.Read(_platform, item) : DirectEvents.Read(item, item.Value))
            {
                // The platform repeats items inside one body at times; the first one counts.
                if (_seen.Add(Key(read)))
                {
                    _items.Add(new ParsedItem(read));
                }
            }
        }
        catch (FormatException e)
        {
            _items.Add(new ParsedItem(null, e.Message, item.Raw.Node()));
        }
        catch (InvalidOperationException)
        {
            _items.Add(new ParsedItem(null, "A part of the item has another type than documented, or a member name that cannot be read.", item.Raw.Node()));
        }
    }

    private static string Key(InboundEvent e) => e.Kind == InboundKind.Message
        ? $"{e.AccountId}\n{Names.Of(e.Kind)}\n{e.ExternalId}"
        : $"{e.AccountId}\n{Names.Of(e.Kind)}\n{e.ExternalId}\n{e.ContactId}\n{e.Timestamp?.ToUnixTimeMilliseconds()}\n{e.Text}\n{e.Extra["action"]}\n{e.Extra["payload"]}\n{e.Extra["reason"]}";
}
