using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Omni.Core.Channels;
using Omni.Core.Common;
using Omni.Core.Sandbox;
using Omni.Infrastructure.Channels.Simulator;

namespace Omni.Infrastructure.Sandbox;

/// <summary>Pretends direct messages of Meta: their payloads, and through the simulator the Graph API.</summary>
internal abstract class SandboxDirect(ChannelKind kind, GraphSimulator simulator, SandboxGraph graph, IOmniDbFactory dbs, IOptions<MetaOptions> meta) : ISandboxServer
{
    /// <summary>The platform counts people from one, so nobody real has such an id.</summary>
    private const string Nobody = "0000";

    private const int ContactLength = 16;
    private const string Shop = "Pretend shop";

    public ChannelKind Kind => kind;

    public virtual bool ReportsDelivery => true;

    public abstract IReadOnlySet<SandboxMessageType> Types { get; }

    public abstract IReadOnlyDictionary<string, string> NewCredentials(string accountId, string token, string secret);

    public abstract string DisplayName(string accountId);

    public string NewContactId() => Nobody + RandomNumberGenerator.GetString("0123456789", ContactLength - Nobody.Length);

    public string? BadContactId(string contactId) => contactId.Length == ContactLength && contactId.StartsWith(Nobody, StringComparison.Ordinal) && contactId.All(char.IsAsciiDigit)
        ? null
        : $"A pretend person's id is {ContactLength} digits and begins with {Nobody}, which the platform never gives out.";

    public string ContactWords(string contactId) => $"ID …{contactId[^4..]}";

    public SandboxPayload Write(SandboxAccount account, SandboxMessage message, DateTimeOffset at)
    {
        simulator.Direct.Know(message.ContactId!, message.ContactName);
        var id = DirectSimulator.NewId();
        var (member, content) = Content(message, id);
        return SandboxGraph.Signed(account, DirectPayloads.OfPerson(Simulated(account), message.ContactId!, member, content, at), id);
    }

    public SandboxPayload Report(SandboxAccount account, SandboxEntry send, string status, DateTimeOffset at)
    {
        var body = DirectPayloads.Status(Simulated(account), SandboxGraph.Send(account, send), status, at) ?? throw new ArgumentOutOfRangeException(nameof(status));
        return SandboxGraph.Signed(account, body, send.MessageId!);
    }

    public string? TokenOf(HttpRequest request) => SandboxGraph.TokenOf(request);

    public async Task<SandboxCall?> AnswerAsync(HttpContext http, SandboxAccount? account)
    {
        var path = (http.Request.Path.Value ?? "").Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (account is not null)
        {
            simulator.Register(Simulated(account));
            if (path is [_, var person] && BadContactId(person) is null)
            {
                await KnowAsync(account, person, http.RequestAborted);
            }
        }

        await simulator.HandleAsync(http);
        return account is not null && HttpMethods.IsPost(http.Request.Method) && path is [_, _, "messages"]
            ? Read(((MemoryStream)http.Request.Body).ToArray(), http.Items[typeof(LedgerSend)] as LedgerSend)
            : null;
    }

    // Another node may have written for this person.
    private async Task KnowAsync(SandboxAccount account, string person, CancellationToken ct)
    {
        await using var db = await dbs.OpenAsync(account.OrganizationId, ct);
        var name = await db.Set<SandboxEntry>().AsNoTracking().Where(e => e.ChannelId == account.ChannelId && e.ContactId == person && e.ContactName != "")
            .OrderByDescending(e => e.Id).Select(e => e.ContactName).FirstOrDefaultAsync(ct);
        if (name is not null)
        {
            simulator.Direct.Know(person, name);
        }
    }

    private (string Member, JsonObject Content) Content(SandboxMessage message, string id) => message.Type switch
    {
        SandboxMessageType.Reaction => ("reaction", new JsonObject
        {
            ["mid"] = message.AboutId,
            ["action"] = string.IsNullOrEmpty(message.Text) ? "unreact" : "react",
            ["emoji"] = string.IsNullOrEmpty(message.Text) ? null : message.Text,
            ["reaction"] = "other",
        }),
        SandboxMessageType.Edit => ("message_edit", new JsonObject { ["mid"] = message.AboutId, ["text"] = message.Text, ["num_edit"] = 1 }),
        SandboxMessageType.Delete => ("message", new JsonObject { ["mid"] = message.AboutId, ["is_deleted"] = true }),
        _ => ("message", Message(message, id)),
    };

    private JsonObject Message(SandboxMessage message, string id)
    {
        var content = new JsonObject { ["mid"] = id };
        var attachment = message.Type switch
        {
            SandboxMessageType.Image => File("image", SandboxSamples.Photo),
            SandboxMessageType.Voice => File("audio", SandboxSamples.Voice),
            SandboxMessageType.Document => File("file", SandboxSamples.Document),
            SandboxMessageType.Location => new JsonObject
            {
                ["type"] = "location",
                ["title"] = message.Text,
                ["payload"] = new JsonObject { ["coordinates"] = new JsonObject { ["lat"] = message.Latitude, ["long"] = message.Longitude } },
            },
            _ => null,
        };
        if (attachment is not null)
        {
            content["attachments"] = new JsonArray(attachment);
        }
        else
        {
            content["text"] = message.Type == SandboxMessageType.Button ? message.Choice!.Title : message.Text;
        }

        if (message.Type == SandboxMessageType.Button)
        {
            content["quick_reply"] = new JsonObject { ["payload"] = message.Choice!.Id };
        }

        if (message.AboutId is { } about)
        {
            content["reply_to"] = new JsonObject { ["mid"] = about };
        }

        return content;
    }

    private JsonObject File(string type, string sample) => new()
    {
        ["type"] = type,
        ["payload"] = new JsonObject { ["url"] = new Uri(meta.Value.GraphUrl, $"{SimulatorMedia.Path}/{sample}").ToString() },
    };

    private static SandboxCall? Read(byte[] sent, LedgerSend? taken)
    {
        if (Parse(sent) is not { } body)
        {
            return null;
        }

        var person = SimulatorMessages.Text(body["recipient"]?["id"]) ?? "";
        if (SimulatorMessages.Text(body["sender_action"]) is { } action and not ("react" or "unreact"))
        {
            return new SandboxCall(action == "typing_on" ? SandboxEntryKind.Typing : SandboxEntryKind.Read, person, "");
        }

        var message = body["message"];
        return new SandboxCall(SandboxEntryKind.Send, person, SimulatorMessages.Text(message?["attachment"]?["type"]) is { } type and not "template" ? type : "text")
        {
            Text = SimulatorMessages.Text(message?["text"]) ?? SimulatorMessages.Text(message?["attachment"]?["payload"]?["text"]),
            MessageId = taken?.MessageId,
            AboutId = SimulatorMessages.Text(body["reply_to"]?["mid"]) ?? SimulatorMessages.Text(body["payload"]?["message_id"]),
            Choices = [.. (message?["quick_replies"] as JsonArray ?? []).Select(q => new SandboxChoice(SimulatorMessages.Text(q?["payload"]) ?? "", SimulatorMessages.Text(q?["title"]) ?? ""))],
            Reference = Guid.TryParse(SimulatorMessages.Text(message?["metadata"]), CultureInfo.InvariantCulture, out var own) ? own : null,
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

    /// <summary>The account as the simulator knows it, with the behaviour in its terms.</summary>
    private SimulatedAccount Simulated(SandboxAccount account) =>
        new(account.AccountId, account.Credentials[CredentialNames.PageId], account.Credentials[CredentialNames.AccessToken], account.Credentials[CredentialNames.AppSecret])
        {
            Kind = kind,
            DisplayNumber = DisplayName(account.AccountId).TrimStart('@'),
            Name = Shop,
            Behaviour = SandboxGraph.Behaviour(account.Behaviour),
            Deliver = graph.Deliver(account),
        };
}
