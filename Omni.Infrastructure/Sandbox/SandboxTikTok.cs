using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Omni.Core.Channels;
using Omni.Core.Sandbox;
using Omni.Infrastructure.Channels.Simulator;
using Omni.Infrastructure.Channels.TikTok;

namespace Omni.Infrastructure.Sandbox;

/// <summary>Pretends TikTok: its payloads, and through the simulator its API.</summary>
internal sealed class SandboxTikTok(GraphSimulator simulator, SandboxGraph graph, TimeProvider clock) : ISandboxServer
{
    /// <summary>The platform's ids are longer and hold other characters, so nobody real has such a one.</summary>
    private const string Nobody = "pretend-";

    private const int ContactLength = 20;
    private const string Send = "/business/message/send/";

    public ChannelKind Kind => ChannelKind.TikTok;

    public bool ReportsDelivery => false;

    public IReadOnlySet<SandboxMessageType> Types { get; } = new HashSet<SandboxMessageType> { SandboxMessageType.Text, SandboxMessageType.Image, SandboxMessageType.Reaction, SandboxMessageType.Button };

    public IReadOnlyDictionary<string, string> NewCredentials(string accountId, string token, string secret) => new Dictionary<string, string>
    {
        [CredentialNames.BusinessId] = accountId,
        [CredentialNames.AccessToken] = token,
        [CredentialNames.AppSecret] = secret,
    };

    public string DisplayName(string accountId) => $"@pretend.shop.{accountId[^4..]}";

    public string NewContactId() => Nobody + RandomNumberGenerator.GetString("0123456789", ContactLength - Nobody.Length);

    public string? BadContactId(string contactId) => contactId.Length == ContactLength && contactId.StartsWith(Nobody, StringComparison.Ordinal) && contactId.AsSpan(Nobody.Length).IndexOfAnyExceptInRange('0', '9') < 0
        ? null
        : $"A pretend person's id is {Nobody} and {ContactLength - Nobody.Length} digits; the platform gives out others.";

    public string ContactWords(string contactId) => $"ID …{contactId[^4..]}";

    public SandboxPayload Write(SandboxAccount account, SandboxMessage message, DateTimeOffset at)
    {
        var id = TikTokSimulator.NewId();
        return Signed(account, TikTokPayloads.OfPerson(Simulated(account), message.ContactId!, message.ContactName, id, Content(message, at), at), id);
    }

    public SandboxPayload Report(SandboxAccount account, SandboxEntry send, string status, DateTimeOffset at) => Signed(
        account, TikTokPayloads.Status(Simulated(account), SandboxGraph.Send(account, send), status, at) ?? throw new ArgumentOutOfRangeException(nameof(status)), send.MessageId!);

    public SandboxPayload Again(SandboxAccount account, SandboxEntry first) => Signed(account, first.Body, first.MessageId ?? "");

    public string? TokenOf(HttpRequest request) =>
        request.Headers[TikTokClient.TokenHeader].ToString() is { Length: > 0 } token ? token : request.Headers["x-user"].ToString() is { Length: > 0 } own ? own : null;

    public async Task<SandboxCall?> AnswerAsync(HttpContext http, SandboxAccount? account)
    {
        if (account is not null)
        {
            simulator.Register(Simulated(account));
            simulator.TikTok.Give(account.AccountId, new TikTokGrant(account.Credentials[CredentialNames.AccessToken], "", 0));
        }

        await simulator.HandleAsync(http);
        return account is not null && http.Request.Path.Value?.EndsWith(Send, StringComparison.Ordinal) == true
            ? Read(((MemoryStream)http.Request.Body).ToArray(), http.Items[typeof(LedgerSend)] as LedgerSend)
            : null;
    }

    private static JsonObject Content(SandboxMessage message, DateTimeOffset at)
    {
        var content = message.Type switch
        {
            SandboxMessageType.Image => new JsonObject { ["type"] = "image", ["image"] = new JsonObject { ["media_id"] = SandboxSamples.Photo } },
            SandboxMessageType.Reaction => new JsonObject
            {
                ["type"] = "reaction",
                ["reaction"] = new JsonArray(new JsonObject
                {
                    ["operation"] = string.IsNullOrEmpty(message.Text) ? "REMOVE" : "ADD",
                    ["type"] = "EMOJI",
                    ["emoji"] = message.Text,
                    ["unique_identifier"] = message.ContactId,
                    ["timestamp"] = at.ToUnixTimeMilliseconds(),
                    ["original_msg_id"] = message.AboutId,
                }),
            },
            SandboxMessageType.Button => new JsonObject
            {
                ["type"] = "text",
                ["text"] = new JsonObject { ["body"] = message.Choice!.Title },
                ["reply_source_payload"] = new JsonObject { ["reply_source_unique_id"] = message.Choice.Id },
            },
            _ => new JsonObject { ["type"] = "text", ["text"] = new JsonObject { ["body"] = message.Text } },
        };
        if (message is { AboutId: { } about, Type: SandboxMessageType.Text })
        {
            content["referenced_message_info"] = new JsonObject { ["referenced_message_id"] = about };
        }

        return content;
    }

    private static SandboxCall? Read(byte[] sent, LedgerSend? taken)
    {
        if (Parse(sent) is not { } body)
        {
            return null;
        }

        var person = TikTokPayloads.PersonOf(SimulatorMessages.Text(body["recipient"]));
        if (SimulatorMessages.Text(body["sender_action"]) is { } action)
        {
            return new SandboxCall(action == "TYPING" ? SandboxEntryKind.Typing : SandboxEntryKind.Read, person, "");
        }

        var type = SimulatorMessages.Text(body["message_type"]) == "IMAGE" ? "image" : "text";
        return new SandboxCall(SandboxEntryKind.Send, person, type)
        {
            Text = SimulatorMessages.Text(body["text"]?["body"]) ?? SimulatorMessages.Text(body["template"]?["title"]),
            MessageId = taken?.MessageId,
            AboutId = SimulatorMessages.Text(body["referenced_message_info"]?["referenced_message_id"]),
            Choices = [.. (body["template"]?["buttons"] as JsonArray ?? []).Select(b => new SandboxChoice(SimulatorMessages.Text(b?["id"]) ?? "", SimulatorMessages.Text(b?["title"]) ?? ""))],
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

    private SandboxPayload Signed(SandboxAccount account, byte[] body, string messageId) => new(
        body, new Dictionary<string, string> { [TikTokSignature.Header] = TikTokSignature.Sign(body, account.Credentials[CredentialNames.AppSecret], clock.GetUtcNow()) }, messageId);

    /// <summary>The account as the simulator knows it, with the behaviour in its terms.</summary>
    private SimulatedAccount Simulated(SandboxAccount account) => new(account.AccountId, "", account.Credentials[CredentialNames.AccessToken], account.Credentials[CredentialNames.AppSecret])
    {
        Kind = Kind,
        DisplayNumber = DisplayName(account.AccountId).TrimStart('@'),
        Name = "Pretend shop",
        Behaviour = SandboxGraph.Behaviour(account.Behaviour),
        Deliver = graph.Deliver(account),
    };
}
