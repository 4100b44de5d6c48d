using System.Collections.Concurrent;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Omni.Core.Channels;
using Omni.Core.Common;
using Omni.Infrastructure.Channels.Instagram;
using Omni.Infrastructure.Channels.Messenger;

namespace Omni.Infrastructure.Channels.Simulator;

/// <summary>The side of the Graph API that pages and Instagram accounts see: who they are, sends, uploads, profiles, past conversations, and the login that gives out pages' tokens.</summary>
internal sealed class DirectSimulator(SimulatorLedger ledger, SimulatorWebhooks webhooks, SimulatorMedia media, TimeProvider clock)
{
    /// <summary>The code that the simulated login gives out, and the token it is exchanged for.</summary>
    public const string LoginCode = "simulated-code";
    private const string ShortToken = "simulated-user-token";
    private const string LongToken = "simulated-long-user-token";

    private readonly ConcurrentDictionary<string, string> _people = new();
    private int _renewals;
    private readonly ConcurrentDictionary<string, List<JsonObject>> _past = new();

    /// <summary>How often tokens were exchanged.</summary>
    public int Renewals => _renewals;

    /// <summary>Makes a person's name known.</summary>
    public void Know(string personId, string name) => _people[personId] = name;

    /// <summary>A person does something; the webhook follows after those of the person before.</summary>
    /// <returns>The id of the message, where it is one.</returns>
    public string Receive(SimulatedAccount account, string person, string member, JsonObject content)
    {
        var id = SimulatorMessages.Text(content["mid"]) ?? NewId();
        content["mid"] = id;
        webhooks.Post(account, DirectPayloads.OfPerson(account, person, member, content, clock.GetUtcNow()), id, $"{account.PhoneNumberId}/{person}");
        return id;
    }

    /// <summary>A message of the past that was never posted.</summary>
    public void Remember(SimulatedAccount account, string from, string to, string id, string text, DateTimeOffset at)
    {
        var all = _past.GetOrAdd(account.PhoneNumberId, _ => []);
        lock (all)
        {
            all.Add(new JsonObject
            {
                ["id"] = id,
                ["created_time"] = at.ToString("yyyy-MM-dd'T'HH:mm:ss'+0000'", System.Globalization.CultureInfo.InvariantCulture),
                ["from"] = new JsonObject { ["id"] = from },
                ["to"] = new JsonObject { ["data"] = new JsonArray(new JsonObject { ["id"] = to }) },
                ["message"] = text,
            });
        }
    }

    /// <summary>A new message id, as the platform makes them.</summary>
    public static string NewId() => $"m_SIM{Convert.ToBase64String(OmniId.New().ToByteArray(bigEndian: true)).Replace('+', '-').Replace('/', '_').TrimEnd('=')}";

    /// <summary>Answers the steps of a person's login: the dialog, the exchange of codes and tokens, the pages.</summary>
    /// <returns>False when the call is none of these.</returns>
    public static async Task<bool> AnswerLoginAsync(HttpContext http, string[] path, string token, IEnumerable<SimulatedAccount> accounts)
    {
        var query = http.Request.Query;
        switch (path)
        {
            case [_, "dialog", "oauth"]:
                http.Response.Redirect($"{query["redirect_uri"]}?code={LoginCode}&state={Uri.EscapeDataString(query["state"].ToString())}");
                return true;
            case [_, "oauth", "access_token"] when query["code"] == LoginCode:
                await SimulatorReply.JsonAsync(http, new { access_token = ShortToken, token_type = "bearer", expires_in = 5400 });
                return true;
            case [_, "oauth", "access_token"] when query["grant_type"] == "fb_exchange_token" && query["fb_exchange_token"] == ShortToken:
                await SimulatorReply.JsonAsync(http, new { access_token = LongToken, token_type = "bearer", expires_in = 5183944 });
                return true;
            case [_, "oauth", "access_token"]:
                await SimulatorReply.ErrorAsync(http, StatusCodes.Status400BadRequest, 100, "This authorization code has been used or has expired.");
                return true;
            case [_, "me", "accounts"] when token == LongToken:
                await SimulatorReply.JsonAsync(http, new { data = accounts.Where(a => a.Kind is ChannelKind.Messenger or ChannelKind.Instagram).Select(Page) });
                return true;
            default:
                return false;
        }
    }

    /// <summary>Answers a call with an account's token.</summary>
    public async Task HandleAsync(HttpContext http, string[] path, SimulatedAccount account)
    {
        var isPost = HttpMethods.IsPost(http.Request.Method);
        if (path is not [_, _, "messages"])
        {
            await Task.Delay(account.Behaviour.Slow, clock, http.RequestAborted);
        }

        switch (path)
        {
            case [_, "me"]:
                await SimulatorReply.JsonAsync(http, Me(account));
                break;
            case [_, "refresh_access_token"]:
                Interlocked.Increment(ref _renewals);
                await SimulatorReply.JsonAsync(http, new { access_token = account.AccessToken, token_type = "bearer", expires_in = 5183944 });
                break;
            case [_, var id, "subscribed_apps"] when isPost && IsOwn(account, id):
                account.Subscribed = true;
                await SimulatorReply.JsonAsync(http, new { success = true });
                break;
            case [_, var id, "messages"] when isPost && IsOwn(account, id):
                await SendAsync(http, account);
                break;
            case [_, var id, "message_attachments"] when isPost && IsOwn(account, id):
                await UploadAsync(http, account);
                break;
            case [_, var id, "conversations"] when IsOwn(account, id):
                await PastAsync(http, account);
                break;
            case [_, var id] when _people.TryGetValue(id, out var name):
                await SimulatorReply.JsonAsync(http, account.Kind == ChannelKind.Instagram
                    ? new { name, username = name.Replace(" ", ".", StringComparison.Ordinal).ToLowerInvariant(), id }
                    : new { first_name = name.Split(' ')[0], last_name = string.Join(' ', name.Split(' ').Skip(1)), id });
                break;
            default:
                await SimulatorReply.NoSuchNodeAsync(http, path.ElementAtOrDefault(1) ?? "");
                break;
        }
    }

    private static bool IsOwn(SimulatedAccount account, string id) => id == "me" || id == account.PhoneNumberId || id == account.BusinessAccountId;

    private static object Me(SimulatedAccount account) => account.Kind == ChannelKind.Instagram
        ? new { id = account.BusinessAccountId, name = account.Name, user_id = account.PhoneNumberId, username = account.DisplayNumber, instagram_business_account = new { id = account.PhoneNumberId, username = account.DisplayNumber } }
        : new { id = account.PhoneNumberId, name = account.Name };

    private static object Page(SimulatedAccount account) => new
    {
        id = account.BusinessAccountId,
        name = account.Name,
        access_token = account.AccessToken,
        tasks = new[] { "MESSAGING", "MANAGE" },
        instagram_business_account = account.Kind == ChannelKind.Instagram ? new { id = account.PhoneNumberId, username = account.DisplayNumber } : null,
    };

    private async Task SendAsync(HttpContext http, SimulatedAccount account)
    {
        var body = await ReadAsync(http);
        await Task.Delay(account.Behaviour.Slow, clock, CancellationToken.None); // a sender that stopped waiting does not stop the platform
        var recipient = SimulatorMessages.Text(body?["recipient"]?["id"]);
        if (body is null || recipient is null)
        {
            await SimulatorReply.ErrorAsync(http, StatusCodes.Status400BadRequest, 100, "Param recipient must be non-empty.");
        }
        else if (SimulatorMessages.Text(body["sender_action"]) is { } action)
        {
            ledger.Add(new LedgerSignal(clock.GetUtcNow(), account.PhoneNumberId, recipient, action == "typing_on"));
            await SimulatorReply.JsonAsync(http, new { recipient_id = recipient });
        }
        else if (Refuse(account, body) is { } refusal)
        {
            await SimulatorReply.ErrorAsync(http, StatusCodes.Status400BadRequest, 100, refusal);
        }
        else if (account.Behaviour.WindowClosed && SimulatorMessages.Text(body["tag"]) != "HUMAN_AGENT")
        {
            await SimulatorReply.ErrorAsync(http, StatusCodes.Status400BadRequest, 10, "This message is sent outside of allowed window.", subcode: 2534022);
        }
        else
        {
            await SimulatorSends.AnswerAsync(http, account, account.NextFailure(), clock, () => Accept(http, account, body, recipient));
        }
    }

    private LedgerSend Accept(HttpContext http, SimulatedAccount account, JsonObject body, string recipient)
    {
        var message = body["message"]!;
        var type = SimulatorMessages.Text(message["attachment"]?["type"]);
        var send = new LedgerSend(
            clock.GetUtcNow(), account.PhoneNumberId, recipient, SimulatorMessages.Text(message["metadata"]),
            type is null or "template" ? "text" : type,
            SimulatorMessages.Text(message["text"]) ?? SimulatorMessages.Text(message["attachment"]?["payload"]?["text"]), NewId());
        ledger.Add(send);
        http.Items[typeof(LedgerSend)] = send; // an answer may get lost on the way; what was taken is still known to whoever runs the simulator
        webhooks.Report(account, send);
        return send;
    }

    /// <summary>Why the platform does not take a message; null when it does.</summary>
    private string? Refuse(SimulatedAccount account, JsonObject body)
    {
        var limits = account.Kind == ChannelKind.Instagram ? InstagramCapabilities.Value : MessengerCapabilities.Value;
        var (message, type) = (body["message"], SimulatorMessages.Text(body["messaging_type"]));
        var text = SimulatorMessages.Text(message?["text"]);
        var attachment = message?["attachment"];
        return type is not ("RESPONSE" or "UPDATE" or "MESSAGE_TAG") ? "Param messaging_type must be one of {RESPONSE, UPDATE, MESSAGE_TAG}"
            : type == "MESSAGE_TAG" && SimulatorMessages.Text(body["tag"]) != "HUMAN_AGENT" ? "Param tag is no longer supported."
            : text is null && attachment is null ? "Message must have text or attachment."
            : text is not null && attachment is not null ? "Message cannot have both text and attachment."
            : text is not null && (limits.CountsBytes ? Encoding.UTF8.GetByteCount(text) : text.Length) > limits.MaxTextLength ? $"Length of param message[text] must be less than or equal to {limits.MaxTextLength}"
            : SimulatorMessages.Text(attachment?["payload"]?["attachment_id"]) is { } id && !media.Knows(id) ? "Invalid attachment id."
            : (message?["quick_replies"] as JsonArray)?.Count > 13 ? "At most 13 quick replies."
            : null;
    }

    private async Task UploadAsync(HttpContext http, SimulatedAccount account)
    {
        var form = http.Request.HasFormContentType ? await http.Request.ReadFormAsync(http.RequestAborted) : null;
        if (form?.Files.GetFile("filedata") is not { } file || form["message"].Count != 1)
        {
            await SimulatorReply.ErrorAsync(http, StatusCodes.Status400BadRequest, 100, "The parameters message and filedata are required.");
            return;
        }

        using var content = new MemoryStream();
        await file.CopyToAsync(content, http.RequestAborted);
        await SimulatorReply.JsonAsync(http, new { attachment_id = media.Add(account, file.ContentType, content.ToArray()) });
    }

    private Task PastAsync(HttpContext http, SimulatedAccount account)
    {
        var all = _past.GetOrAdd(account.PhoneNumberId, _ => []);
        JsonNode?[] messages;
        lock (all)
        {
            messages = [.. all.Select(m => m.DeepClone())];
        }

        var conversation = new JsonObject { ["id"] = "t_1", ["messages"] = new JsonObject { ["data"] = new JsonArray(messages) } };
        return SimulatorReply.JsonAsync(http, new JsonObject { ["data"] = new JsonArray(conversation) });
    }

    private static async Task<JsonObject?> ReadAsync(HttpContext http)
    {
        try
        {
            return await JsonNode.ParseAsync(http.Request.Body, cancellationToken: http.RequestAborted) as JsonObject;
        }
        catch (System.Text.Json.JsonException)
        {
            return null;
        }
    }
}
