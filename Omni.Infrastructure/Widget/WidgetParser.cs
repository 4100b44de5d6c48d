using System.Text.Json;
using System.Text.Json.Nodes;
using Omni.Core.Channels;
using Omni.Core.Media;
using Omni.Infrastructure.Channels;

namespace Omni.Infrastructure.Widget;

/// <summary>Reads what the website chat's own pages brought into the queue.</summary>
internal static class WidgetParser
{
    /// <inheritdoc cref="IChannelAdapter.Split"/>
    public static IReadOnlyList<DeliverySlice> Split(ReadOnlyMemory<byte> body)
    {
        using var document = PlatformJson.Read(body);
        return [new DeliverySlice(AccountOf(document.RootElement), body, Items(document.RootElement))];
    }

    /// <inheritdoc cref="IChannelAdapter.Parse"/>
    public static IReadOnlyList<ParsedItem> Parse(ReadOnlyMemory<byte> slice)
    {
        using var document = PlatformJson.Read(slice);
        var root = document.RootElement;
        try
        {
            var account = AccountOf(root);
            return root.Text("kind"u8) switch
            {
                "message" => [new ParsedItem(Message(root, account))],
                "status" => [.. root.Member("messages"u8).Each().Select(m => new ParsedItem(Status(root, account, m.Text() ?? "")))],
                _ => throw new FormatException("The kind is neither message nor status."),
            };
        }
        catch (InvalidOperationException e)
        {
            throw new FormatException("The body has member names that cannot be read.", e);
        }
    }

    private static string AccountOf(JsonElement root)
    {
        try
        {
            return root.Id("siteKey"u8) ?? throw new FormatException("The site key is missing.");
        }
        catch (InvalidOperationException e)
        {
            throw new FormatException("The body has member names that cannot be read.", e);
        }
    }

    private static int Items(JsonElement root) => root.Member("messages"u8) is { ValueKind: JsonValueKind.Array } list ? Math.Max(1, list.GetArrayLength()) : 1;

    private static InboundEvent Message(JsonElement root, string account)
    {
        var files = root.Member("files"u8).Each().Select(File).ToList();
        var extra = new JsonObject();
        foreach (var name in (ReadOnlySpan<string>)["visitor", "page", "answers"])
        {
            if (root.Member(name).Node() is { } value)
            {
                extra[name] = value;
            }
        }

        if (root.Flag("offline"u8))
        {
            extra["offline"] = true;
        }

        return new InboundEvent
        {
            Kind = InboundKind.Message,
            AccountId = account,
            Direction = MessageDirection.In,
            ExternalId = root.Id("id"u8) ?? throw new FormatException("The message has no id."),
            ContactId = root.Id("person"u8) ?? throw new FormatException("The message has no person."),
            ContactName = root.Text("name"u8),
            Type = files.Count > 0 ? files[0].Type : "text",
            Text = root.Text("text"u8),
            Timestamp = root.Member("at"u8).Time(),
            Attachments = files,
            Extra = extra,
        };
    }

    private static InboundAttachment File(JsonElement file) => new(file.Text("type"u8) ?? "file")
    {
        Mime = file.Text("mime"u8),
        Filename = file.Text("name"u8),
        Stored = new StoredBlob(
            file.Text("key"u8) ?? throw new FormatException("A file has no key."),
            long.TryParse(file.Text("size"u8), out var size) ? size : throw new FormatException("A file has no size.")),
    };

    private static InboundEvent Status(JsonElement root, string account, string message) => new()
    {
        Kind = InboundKind.Status,
        AccountId = account,
        ExternalId = message,
        ClientReference = message,
        Status = root.Text("status"u8),
        Timestamp = root.Member("at"u8).Time(),
    };
}
