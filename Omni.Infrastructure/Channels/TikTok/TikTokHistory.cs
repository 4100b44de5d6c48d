using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Omni.Core.Channels;
using Omni.Core.Common;

namespace Omni.Infrastructure.Channels.TikTok;

/// <summary>Lists conversations of the past and writes their messages as the deliveries they would have been. The platform shows a hundred conversations and the newest twenty messages of each.</summary>
internal sealed class TikTokHistory(TikTokClient client, TimeProvider clock)
{
    /// <summary>After so many conversations at once the others are read slowly: the app's calls are counted together with the replies.</summary>
    private const int Quick = 10;
    private const int MaxPages = 10;
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(250);

    /// <summary>Conversations that the business has not answered yet are listed apart.</summary>
    private static readonly string[] Kinds = ["SINGLE", "STRANGER"];

    /// <inheritdoc cref="IChannelHistory.HistoryAsync"/>
    public async Task<Result<IReadOnlyList<byte[]>>> ReadAsync(ChannelAccess access, DateTimeOffset since, CancellationToken ct)
    {
        var conversations = new List<string>();
        foreach (var kind in Kinds)
        {
            if (await ListAsync(kind, access, since, conversations, ct) is { } refusal)
            {
                return refusal;
            }
        }

        var messages = new List<(DateTimeOffset At, byte[] Delivery)>();
        foreach (var (place, conversation) in conversations.Distinct(StringComparer.Ordinal).Index())
        {
            if (place >= Quick)
            {
                await Task.Delay(Pace, clock, ct);
            }

            if (await ReadAsync(conversation, access, since, messages, ct) is { } refusal)
            {
                return refusal;
            }
        }

        return messages.OrderBy(m => m.At).Select(m => m.Delivery).ToList();
    }

    private async Task<Refusal?> ListAsync(string kind, ChannelAccess access, DateTimeOffset since, List<string> found, CancellationToken ct)
    {
        var cursor = "0";
        for (var page = 0; page < MaxPages; page++)
        {
            var answer = await client.GetAsync("business/message/conversation/list/", new Dictionary<string, string>
            {
                ["business_id"] = access.AccountId, ["conversation_type"] = kind, ["limit"] = "100", ["cursor"] = cursor,
            }, access, ct);
            if (TikTokVerdicts.OfRepeatable(answer) is { } failure)
            {
                return PlatformSteps.Refuse(failure);
            }

            var data = TikTokVerdicts.Data(answer);
            found.AddRange(data.Member("conversations"u8).Each().Where(c => c.Member("update_time"u8).Time() is not { } at || at >= since).Select(c => c.Text("conversation_id"u8)).OfType<string>());
            if (!data.Flag("has_more"u8) || data.Text("cursor"u8) is not { } next || next == cursor)
            {
                break;
            }

            cursor = next;
        }

        return null;
    }

    private async Task<Refusal?> ReadAsync(string conversation, ChannelAccess access, DateTimeOffset since, List<(DateTimeOffset, byte[])> found, CancellationToken ct)
    {
        var answer = await client.GetAsync("business/message/content/list/", new Dictionary<string, string> { ["business_id"] = access.AccountId, ["conversation_id"] = conversation }, access, ct);
        switch (TikTokVerdicts.OfRepeatable(answer))
        {
            case null:
                break;
            case SendOutcome.Rejected:
                return null; // gone since it was listed; the others are still wanted
            case var failure:
                return PlatformSteps.Refuse(failure);
        }

        var data = TikTokVerdicts.Data(answer);
        var names = data.Member("participants"u8).Each().Where(p => p.Text("id"u8) is not null).GroupBy(p => p.Text("id"u8)!, StringComparer.Ordinal)
            .ToDictionary(p => p.Key, p => p.First().Text("display_name"u8), StringComparer.Ordinal);
        foreach (var message in data.Member("messages"u8).Each())
        {
            if (message.Member("timestamp"u8).Time() is { } at && at >= since && Write(access.AccountId, conversation, message, names, at) is { } delivery)
            {
                found.Add((at, delivery));
            }
        }

        return null;
    }

    private static byte[]? Write(string account, string conversation, JsonElement message, Dictionary<string, string?> names, DateTimeOffset at)
    {
        var (from, to) = (message.Member("from_user"u8).Text("id"u8), message.Member("to_user"u8).Text("id"u8));
        if (from is null || to is null || message.Text("message_id"u8) is not { } id || message.Text("message_type"u8) is not { } type)
        {
            return null;
        }

        var (isOut, kind) = (from == account, type.ToLower(CultureInfo.InvariantCulture));
        var content = new JsonObject
        {
            ["timestamp"] = at.ToUnixTimeMilliseconds(),
            ["from_user"] = new JsonObject { ["id"] = from, ["role"] = isOut ? "business_account" : "personal_account" },
            ["to_user"] = new JsonObject { ["id"] = to, ["role"] = isOut ? "personal_account" : "business_account" },
            ["from"] = message.Text("sender"u8) ?? names.GetValueOrDefault(from),
            ["to"] = message.Text("recipient"u8) ?? names.GetValueOrDefault(to),
            ["conversation_id"] = conversation,
            ["message_id"] = id,
            ["type"] = kind,
            [kind] = TikTokContent.Part(kind, message),
        };
        foreach (var part in new[] { "message_tag", "referenced_message_info", "reply_source_payload", "auto_message_type" })
        {
            if (message.Member(part) is { ValueKind: not (JsonValueKind.Undefined or JsonValueKind.Null) } value)
            {
                content[part] = value.Node();
            }
        }

        return TikTokDelivery.Write(account, isOut ? "im_send_msg" : "im_receive_msg", at, content);
    }
}
