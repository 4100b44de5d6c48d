using System.Text;
using System.Text.Json.Nodes;
using Omni.Core.Media;

namespace Omni.Core.Widget;

/// <summary>What a website chat puts into the queue of what came in. Written here and read by the channel's adapter.</summary>
internal static class WidgetPayload
{
    internal static byte[] Message(WidgetSite site, WidgetVisitor visitor, VisitorMessage message, IReadOnlyDictionary<string, string> answers, List<Attachment> files, DateTimeOffset now) => Write(new JsonObject
    {
        ["siteKey"] = site.SiteKey,
        ["kind"] = "message",
        ["id"] = message.ClientId.ToString(),
        ["person"] = visitor.ExternalId,
        ["visitor"] = visitor.Id.ToString(),
        ["name"] = visitor.ShownName,
        ["at"] = now.ToUnixTimeMilliseconds(),
        ["text"] = string.IsNullOrWhiteSpace(message.Text) ? null : message.Text.Trim(),
        ["files"] = new JsonArray([.. files.Select(f => (JsonNode)new JsonObject { ["type"] = f.Type, ["mime"] = f.Mime, ["name"] = f.Name, ["size"] = f.Size, ["key"] = f.BlobKey })]),
        ["answers"] = answers.Count == 0 ? null : new JsonObject(answers.Select(a => KeyValuePair.Create<string, JsonNode?>(a.Key, a.Value))),
        ["page"] = visitor.PageUrl,
        ["offline"] = message.Offline,
    });

    internal static byte[] Status(string siteKey, string status, IEnumerable<Guid> messages, DateTimeOffset now) => Write(new JsonObject
    {
        ["siteKey"] = siteKey,
        ["kind"] = "status",
        ["status"] = status,
        ["messages"] = new JsonArray([.. messages.Select(m => (JsonNode)m.ToString())]),
        ["at"] = now.ToUnixTimeMilliseconds(),
    });

    private static byte[] Write(JsonObject payload) => Encoding.UTF8.GetBytes(payload.ToJsonString());
}
