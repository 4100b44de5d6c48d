using System.Text.Json.Nodes;
using Omni.Core.Channels;

namespace Omni.Infrastructure.Channels.Meta;

/// <summary>Reads items of the form <c>{field, value}</c>: comments and the like, and at times direct messages.</summary>
internal static class DirectChanges
{
    /// <summary>What one change stands for.</summary>
    public static IEnumerable<InboundEvent> Read(DirectPlatform platform, DirectItem item)
    {
        if (item.Value.ValueKind == System.Text.Json.JsonValueKind.Undefined)
        {
            return [Ignored(item, "unknown object")];
        }

        var (field, value) = (item.Value.Text("field"u8) ?? "", item.Value.Member("value"u8));
        if (item.AccountId == DirectEnvelope.NoAccount)
        {
            return [Ignored(item, "dashboard sample in the changes form") with { Timestamp = value.Member("timestamp"u8).Time() ?? Time(item) }];
        }

        return field switch
        {
            "messages" or "messaging_postbacks" or "message_reactions" or "message_edit" or "messaging_seen" or "messaging_referral" or "messaging_optins" => DirectEvents.Read(item, value),
            "comments" or "live_comments" => [Ignored(item, "comment is not a direct message")],
            "mentions" => [Ignored(item, "mention is not a direct message")],
            "" => [Ignored(item, "no known event key")],
            _ => [Ignored(item, $"{field} change is not a direct message")],
        };
    }

    private static DateTimeOffset? Time(in DirectItem item) => item.Entry.Member("time"u8).Time();

    private static InboundEvent Ignored(in DirectItem item, string reason) => new()
    {
        Kind = InboundKind.Ignored,
        AccountId = item.AccountId,
        Timestamp = Time(item),
        Extra = new JsonObject { ["reason"] = reason },
    };
}
