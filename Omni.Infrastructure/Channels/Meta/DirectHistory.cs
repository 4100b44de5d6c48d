using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Omni.Core.Channels;
using Omni.Core.Common;

namespace Omni.Infrastructure.Channels.Meta;

/// <summary>Lists conversations of the past (developers.facebook.com/docs/messenger-platform/conversations) and writes them as the deliveries they would have been.</summary>
internal sealed class DirectHistory(GraphClient graph, DirectPlatform platform)
{
    private const int MaxPages = 40; // 25 conversations each
    private const string Fields = "updated_time,messages.limit(25){id,created_time,from,to,message,attachments{mime_type,name,image_data,video_data,file_url}}";

    /// <inheritdoc cref="IChannelHistory.HistoryAsync"/>
    public async Task<Result<IReadOnlyList<byte[]>>> ReadAsync(ChannelAccess access, DateTimeOffset since, CancellationToken ct)
    {
        var deliveries = new List<byte[]>();
        var after = "";
        for (var page = 0; page < MaxPages; page++)
        {
            var answer = await graph.GetAsync($"{DirectSender.Sender(access)}/conversations?platform={(platform.Topic == MetaTopic.Instagram ? "instagram" : "messenger")}&fields={Fields}&limit=25{after}", access, ct);
            if (platform.Verdicts.OfRepeatable(answer) is { } failure)
            {
                return failure switch
                {
                    SendOutcome.Retry retry => new Refusal.Unavailable(retry.Message, retry.After),
                    SendOutcome.Reauthorize token => new Refusal.Conflict(token.Message),
                    SendOutcome.Rejected rejected => new Refusal.Conflict(rejected.Error.Message),
                    _ => throw new InvalidOperationException($"Unhandled {failure.GetType().Name}."),
                };
            }

            var body = ((GraphAnswer.Answered)answer).Body;
            var recent = body.Member("data"u8).Each().Where(c => Time(c.Member("updated_time"u8)) is not { } at || at >= since).ToList();
            deliveries.AddRange(recent.Select(c => Write(access.AccountId, c.Member("messages"u8).Member("data"u8), since)).OfType<byte[]>());
            if (recent.Count == 0 || body.Member("paging"u8).Text("next"u8) is null || body.Member("paging"u8).Member("cursors"u8).Text("after"u8) is not { } next)
            {
                break;
            }

            after = $"&after={Uri.EscapeDataString(next)}";
        }

        return deliveries;
    }

    private byte[]? Write(string account, JsonElement messages, DateTimeOffset since)
    {
        var items = messages.Each().Select(m => (Message: m, At: Time(m.Member("created_time"u8)))).Where(m => m.At >= since).OrderBy(m => m.At)
            .Select(m => Item(account, m.Message, m.At!.Value)).OfType<JsonObject>().ToArray<JsonNode?>();
        return items.Length == 0 ? null : Encoding.UTF8.GetBytes(new JsonObject
        {
            ["object"] = platform.Topic,
            ["entry"] = new JsonArray(new JsonObject { ["id"] = account, ["messaging"] = new JsonArray(items) }),
        }.ToJsonString());
    }

    private static JsonObject? Item(string account, JsonElement message, DateTimeOffset at)
    {
        var (id, from) = (message.Text("id"u8), message.Member("from"u8).Text("id"u8));
        var to = message.Member("to"u8).Member("data"u8).Each().FirstOrDefault().Text("id"u8);
        if (id is null || from is null || to is null)
        {
            return null;
        }

        var content = new JsonObject { ["mid"] = id };
        if (from == account)
        {
            content["is_echo"] = true;
        }

        if (message.Text("message"u8) is { } text)
        {
            content["text"] = text;
        }

        var files = message.Member("attachments"u8).Member("data"u8).Each().Select(File).OfType<JsonNode>().ToArray<JsonNode?>();
        if (files.Length > 0)
        {
            content["attachments"] = new JsonArray(files);
        }

        return new JsonObject
        {
            ["sender"] = new JsonObject { ["id"] = from },
            ["recipient"] = new JsonObject { ["id"] = to },
            ["timestamp"] = at.ToUnixTimeMilliseconds(),
            ["message"] = content,
        };
    }

    private static JsonObject? File(JsonElement file)
    {
        var (type, url) = (file.Member("image_data"u8).Text("url"u8), file.Member("video_data"u8).Text("url"u8), file.Text("file_url"u8)) switch
        {
            ({ } image, _, _) => ("image", image),
            (_, { } video, _) => ("video", video),
            (_, _, { } other) => (file.Text("mime_type"u8)?.StartsWith("audio/", StringComparison.Ordinal) == true ? "audio" : "file", other),
            _ => ("", null),
        };
        return url is null ? null : new JsonObject { ["type"] = type, ["payload"] = new JsonObject { ["url"] = url } };
    }

    // Written as 2026-11-21T20:15:00+0000.
    private static DateTimeOffset? Time(JsonElement value) =>
        DateTimeOffset.TryParseExact(value.Text(), "yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture, DateTimeStyles.None, out var at)
        || DateTimeOffset.TryParseExact(value.Text()?.Replace("+0000", "+00:00", StringComparison.Ordinal), "yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture, DateTimeStyles.None, out at)
            ? at.ToUniversalTime()
            : null;
}
