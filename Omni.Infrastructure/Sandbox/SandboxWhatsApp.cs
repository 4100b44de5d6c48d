using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Omni.Core.Channels;
using Omni.Core.Common;
using Omni.Core.Sandbox;
using Omni.Infrastructure.Channels.Simulator;

namespace Omni.Infrastructure.Sandbox;

/// <summary>Pretends WhatsApp: its payloads, and through the simulator its Graph API.</summary>
internal sealed class SandboxWhatsApp(GraphSimulator simulator, SandboxGraph graph) : ISandboxServer
{
    /// <summary>No country has this code, so no real person has such a number.</summary>
    private const string Nowhere = "999";

    /// <summary>The account's public name; what the team calls the channel is its own affair.</summary>
    private const string Shop = "Pretend shop";

    public ChannelKind Kind => ChannelKind.WhatsApp;

    public IReadOnlySet<SandboxMessageType> Types { get; } = Enum.GetValues<SandboxMessageType>().ToHashSet();

    public IReadOnlyDictionary<string, string> NewCredentials(string accountId, string token, string secret) => new Dictionary<string, string>
    {
        [CredentialNames.PhoneNumberId] = accountId,
        [CredentialNames.BusinessAccountId] = SandboxIds.New(),
        [CredentialNames.AccessToken] = token,
        [CredentialNames.AppSecret] = secret,
    };

    public string DisplayName(string accountId) => $"{Shop} ({Number(accountId)})";

    public string NewContactId() => Nowhere + RandomNumberGenerator.GetString("0123456789", 8);

    public string? BadContactId(string contactId) =>
        contactId.StartsWith(Nowhere, StringComparison.Ordinal) && contactId.Length is >= 6 and <= 15 && contactId.All(char.IsAsciiDigit)
            ? null
            : $"A pretend number is 6 to 15 digits and begins with {Nowhere}, which no country has.";

    public string ContactWords(string contactId) => contactId.Length > 7 ? $"+{contactId[..3]} {contactId[3..7]} {contactId[7..]}" : $"+{contactId}";

    public SandboxPayload Write(SandboxAccount account, SandboxMessage message, DateTimeOffset at)
    {
        var id = GraphSimulator.NewId();
        var body = Message(message);
        (body["id"], body["timestamp"]) = (id, SimulatorPayloads.Stamp(at));
        var person = new SimulatedPerson(message.ContactId, message.ContactName);
        return SandboxGraph.Signed(account, SimulatorPayloads.Messages(Simulated(account), person, body), id);
    }

    public SandboxPayload Report(SandboxAccount account, SandboxEntry send, string status, DateTimeOffset at) =>
        SandboxGraph.Signed(account, SimulatorPayloads.Status(Simulated(account), SandboxGraph.Send(account, send), status, at), send.MessageId!);

    public string? TokenOf(HttpRequest request) => SandboxGraph.TokenOf(request);

    public async Task<SandboxCall?> AnswerAsync(HttpContext http, SandboxAccount? account)
    {
        if (account is not null)
        {
            simulator.Register(Simulated(account));
        }

        await simulator.HandleAsync(http);
        return account is not null && HttpMethods.IsPost(http.Request.Method) && http.Request.Path.Value?.EndsWith("/messages", StringComparison.Ordinal) == true
            ? Read(((MemoryStream)http.Request.Body).ToArray(), http.Items[typeof(LedgerSend)] as LedgerSend)
            : null;
    }

    private static string Number(string accountId) => $"+{Nowhere} {accountId[^7..^4]} {accountId[^4..]}";

    private static JsonObject Message(SandboxMessage message)
    {
        var body = message.Type switch
        {
            SandboxMessageType.Text => Typed("text", new() { ["body"] = message.Text }),
            SandboxMessageType.Image => Typed("image", File(SandboxSamples.Photo, message.Text)),
            SandboxMessageType.Voice => Typed("audio", With(File(SandboxSamples.Voice, null), "voice", true)),
            SandboxMessageType.Document => Typed("document", With(File(SandboxSamples.Document, message.Text), "filename", "receipt.txt")),
            SandboxMessageType.Location => Typed("location", new() { ["latitude"] = message.Latitude, ["longitude"] = message.Longitude, ["name"] = message.Text }),
            SandboxMessageType.Reaction => Typed("reaction", new() { ["message_id"] = message.AboutId, ["emoji"] = message.Text ?? "" }),
            SandboxMessageType.Button => Typed("interactive", new() { ["type"] = "button_reply", ["button_reply"] = new JsonObject { ["id"] = message.Choice!.Id, ["title"] = message.Choice.Title } }),
            SandboxMessageType.Edit => Typed("edit", new()
            {
                ["original_message_id"] = message.AboutId,
                ["message"] = Typed("text", new() { ["body"] = message.Text }),
            }),
            SandboxMessageType.Delete => Typed("revoke", new() { ["original_message_id"] = message.AboutId }),
            _ => throw new ArgumentOutOfRangeException(nameof(message)),
        };
        if (message.AboutId is { } about && message.Type is not (SandboxMessageType.Reaction or SandboxMessageType.Edit or SandboxMessageType.Delete))
        {
            body["context"] = new JsonObject { ["id"] = about };
        }

        return body;
    }

    private static JsonObject Typed(string type, JsonObject content) => new() { ["type"] = type, [type] = content };

    private static JsonObject With(JsonObject content, string name, JsonNode value)
    {
        content[name] = value;
        return content;
    }

    private static JsonObject File(string sample, string? caption)
    {
        var (mime, content) = SandboxSamples.All[sample];
        var file = new JsonObject { ["id"] = sample, ["mime_type"] = mime, ["sha256"] = Convert.ToBase64String(SHA256.HashData(content)) };
        return string.IsNullOrWhiteSpace(caption) ? file : With(file, "caption", caption);
    }

    private static SandboxCall? Read(byte[] sent, LedgerSend? taken)
    {
        if (Parse(sent) is not { } body)
        {
            return null;
        }

        if (SimulatorMessages.Text(body["status"]) == "read")
        {
            return new SandboxCall(body["typing_indicator"] is null ? SandboxEntryKind.Read : SandboxEntryKind.Typing, "", "") { MessageId = SimulatorMessages.Text(body["message_id"]) };
        }

        var buttons = body["interactive"]?["action"]?["buttons"] as JsonArray ?? [];
        return new SandboxCall(SandboxEntryKind.Send, SimulatorMessages.Recipient(body) ?? "", SimulatorMessages.Text(body["type"]) ?? "text")
        {
            Text = SimulatorMessages.Words(body),
            MessageId = taken?.MessageId,
            AboutId = SimulatorMessages.Text(body["context"]?["message_id"]) ?? SimulatorMessages.Text(body["reaction"]?["message_id"]),
            Choices = [.. buttons.Select(b => b?["reply"]).Where(r => r is not null).Select(r => new SandboxChoice(SimulatorMessages.Text(r!["id"]) ?? "", SimulatorMessages.Text(r["title"]) ?? ""))],
            Reference = Guid.TryParse(SimulatorMessages.Text(body["biz_opaque_callback_data"]), CultureInfo.InvariantCulture, out var own) ? own : null,
        };
    }

    private static JsonObject? Parse(byte[] sent)
    {
        try
        {
            return JsonNode.Parse(sent) as JsonObject;
        }
        catch (JsonException)
        {
            return null; // the platform refused it
        }
    }

    private static JsonObject Template(string name, string category, string body) => new()
    {
        ["id"] = name,
        ["name"] = name,
        ["language"] = "en",
        ["category"] = category,
        ["status"] = "APPROVED",
        ["components"] = new JsonArray(new JsonObject { ["type"] = "BODY", ["text"] = body }),
    };

    /// <summary>The account as the simulator knows it, with the behaviour in its terms.</summary>
    private SimulatedAccount Simulated(SandboxAccount account) =>
        new(account.AccountId, account.Credentials[CredentialNames.BusinessAccountId], account.Credentials[CredentialNames.AccessToken], account.Credentials[CredentialNames.AppSecret])
        {
            DisplayNumber = Number(account.AccountId),
            Name = Shop,
            Templates =
            [
                Template("order_update", "UTILITY", "Hi {{1}}, your order {{2}} is on its way."),
                Template("still_there", "UTILITY", "We have news about your question. Would you like to hear it?"),
            ],
            Behaviour = SandboxGraph.Behaviour(account.Behaviour),
            Deliver = graph.Deliver(account),
        };
}
