using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Omni.Core.Channels;
using Omni.Core.Common;

namespace Omni.Infrastructure.Channels.Simulator;

/// <summary>Behaves like TikTok's API for businesses: accounts, tokens that are replaced with every exchange, sends, pictures, lists of the past, and the login.</summary>
internal sealed class TikTokSimulator(SimulatorLedger ledger, SimulatorWebhooks webhooks, SimulatorMedia media, TimeProvider clock)
{
    /// <summary>The code that the simulated login gives out; the account's id follows.</summary>
    public const string LoginCode = "simulated-code-of-";

    /// <summary>Everything that can be granted.</summary>
    public const string Granted = "user.info.basic,message.list.read,message.list.send,message.list.manage";

    private const int MostKept = 200;
    private const int BadToken = 40105;

    private readonly ConcurrentDictionary<string, TikTokGrant> _grants = new();
    private readonly ConcurrentDictionary<string, List<JsonObject>> _past = new();
    private int _exchanges;

    /// <summary>Where the app's deliveries go, as it was told; null before.</summary>
    public string? CallbackUrl { get; private set; }

    /// <summary>How often tokens were exchanged.</summary>
    public int Exchanges => _exchanges;

    /// <summary>What people grant at the login; they may untick a part.</summary>
    public string Scopes { get; set; } = Granted;

    /// <summary>True when pictures cannot be sent.</summary>
    public bool NoPictures { get; set; }

    /// <summary>A person does something; the webhook follows after those of the person before.</summary>
    /// <returns>The id of the message.</returns>
    public string Receive(SimulatedAccount account, string person, string name, JsonObject content)
    {
        var (id, now) = (NewId(), clock.GetUtcNow());
        Keep(account, TikTokPayloads.Message(account, person, name, id, content, now, isOut: false));
        webhooks.Post(account, TikTokPayloads.OfPerson(account, person, name, id, content, now), id, $"{account.PhoneNumberId}/{person}");
        return id;
    }

    /// <summary>A message that was never posted; the lists show it.</summary>
    public string Remember(SimulatedAccount account, string person, string name, string text, DateTimeOffset at, bool isOut = false)
    {
        var id = NewId();
        Keep(account, TikTokPayloads.Message(account, person, name, id, new JsonObject { ["type"] = "text", ["text"] = new JsonObject { ["body"] = text } }, at, isOut));
        return id;
    }

    /// <summary>A new message id, as the platform makes them.</summary>
    public static string NewId() => Convert.ToBase64String(OmniId.New().ToByteArray(bigEndian: true));

    /// <summary>The tokens that an account has now.</summary>
    public TikTokGrant GrantOf(SimulatedAccount account) => _grants.GetOrAdd(account.PhoneNumberId, _ => new TikTokGrant(account.AccessToken, $"refresh-of-{account.AccessToken}", 0));

    /// <summary>Gives an account other tokens; those from before no longer count.</summary>
    public void Give(string accountId, TikTokGrant now) => _grants[accountId] = now;

    /// <summary>True for a path of this platform.</summary>
    public static bool Is(string[] path) => path is ["open_api", ..] or ["v2", "auth", "authorize"];

    /// <summary>Answers one request.</summary>
    public async Task HandleAsync(HttpContext http, string[] path, IEnumerable<SimulatedAccount> all)
    {
        var accounts = all.Where(a => a.Kind == ChannelKind.TikTok).ToList();
        if (path[0] == "v2")
        {
            http.Response.Redirect($"{http.Request.Query["redirect_uri"]}?code={LoginCode}{accounts[^1].PhoneNumberId}&state={Uri.EscapeDataString(http.Request.Query["state"].ToString())}");
            return;
        }

        var body = HttpMethods.IsPost(http.Request.Method) && http.Request.ContentType?.StartsWith("application/json", StringComparison.Ordinal) == true ? await ReadAsync(http) : null;
        if (http.Request.Path.Value?.EndsWith('/') != true)
        {
            http.Response.StatusCode = StatusCodes.Status404NotFound; // so does the platform
        }
        else if (!await AnswerAppAsync(http, path[2..], body, accounts))
        {
            var token = http.Request.Headers["Access-Token"].ToString();
            if (accounts.Find(a => token.Length > 0 && GrantOf(a).Access == token && !a.Behaviour.TokenExpired) is { } account)
            {
                await AnswerAsync(http, path[2..], body, account);
            }
            else
            {
                await ErrorAsync(http, BadToken, "Access token is incorrect or has been revoked.");
            }
        }
    }

    /// <summary>Calls that the app makes as itself.</summary>
    /// <returns>False when the call is none of these.</returns>
    private async Task<bool> AnswerAppAsync(HttpContext http, string[] path, JsonObject? body, List<SimulatedAccount> accounts)
    {
        switch (path)
        {
            case ["tt_user", "oauth2", "token"]:
                var code = SimulatorMessages.Text(body?["auth_code"]) ?? "";
                await (accounts.Find(a => code == LoginCode + a.PhoneNumberId) is { } account ? GrantAsync(http, account) : ErrorAsync(http, 40002, "The auth_code is invalid."));
                return true;
            case ["tt_user", "oauth2", "refresh_token"]:
                await ExchangeAsync(http, SimulatorMessages.Text(body?["refresh_token"]) ?? "", accounts);
                return true;
            case ["tt_user", "token_info", "get"]:
                var token = SimulatorMessages.Text(body?["access_token"]);
                await (accounts.Find(a => GrantOf(a).Access == token && !a.Behaviour.TokenExpired) is { } owner
                    ? OkAsync(http, new JsonObject { ["app_id"] = SimulatorMessages.Text(body?["app_id"]), ["creator_id"] = owner.PhoneNumberId, ["scope"] = Scopes })
                    : ErrorAsync(http, BadToken, "Access token is incorrect or has been revoked."));
                return true;
            case ["business", "webhook", "list"]:
                await OkAsync(http, new JsonObject { ["callback_url"] = CallbackUrl });
                return true;
            case ["business", "webhook", "update"]:
                CallbackUrl = SimulatorMessages.Text(body?["callback_url"]);
                await OkAsync(http, []);
                return true;
            default:
                return false;
        }
    }

    private async Task AnswerAsync(HttpContext http, string[] path, JsonObject? body, SimulatedAccount account)
    {
        var isSend = path is ["business", "message", "send"];
        if (!isSend)
        {
            await Task.Delay(account.Behaviour.Slow, clock, http.RequestAborted);
        }

        var business = SimulatorMessages.Text(body?["business_id"]) ?? (http.Request.HasFormContentType ? http.Request.Form["business_id"].ToString() : http.Request.Query["business_id"].ToString());
        if (business != account.PhoneNumberId)
        {
            await ErrorAsync(http, 40001, "No permission to operate the business account.");
            return;
        }

        switch (path)
        {
            case ["business", "get"]:
                await OkAsync(http, new JsonObject { ["username"] = account.DisplayNumber, ["display_name"] = account.Name });
                break;
            case ["business", "message", "send"]:
                await SendAsync(http, account, body ?? []);
                break;
            case ["business", "message", "capabilities", "get"]:
                await OkAsync(http, new JsonObject { ["capability_infos"] = new JsonArray(new JsonObject { ["capability_type"] = "IMAGE_SEND", ["capability_result"] = !NoPictures }) });
                break;
            case ["business", "message", "media", "upload"]:
                await UploadAsync(http, account);
                break;
            case ["business", "message", "media", "download"]:
                await DescribeAsync(http, body ?? []);
                break;
            case ["business", "message", "conversation", "list"]:
                await ListAsync(http, account);
                break;
            case ["business", "message", "content", "list"]:
                await PastAsync(http, account);
                break;
            default:
                http.Response.StatusCode = StatusCodes.Status404NotFound;
                break;
        }
    }

    private Task GrantAsync(HttpContext http, SimulatedAccount account) => OkAsync(http, Tokens(account, GrantOf(account)));

    private async Task ExchangeAsync(HttpContext http, string refresh, List<SimulatedAccount> accounts)
    {
        foreach (var account in accounts)
        {
            var before = GrantOf(account);
            var after = new TikTokGrant($"{account.AccessToken}-{before.Generation + 1}", $"refresh-of-{account.AccessToken}-{before.Generation + 1}", before.Generation + 1);
            if (before.Refresh == refresh && _grants.TryUpdate(account.PhoneNumberId, after, before))
            {
                Interlocked.Increment(ref _exchanges);
                await Task.Delay(account.Behaviour.Slow, clock, CancellationToken.None);
                await OkAsync(http, Tokens(account, after));
                return;
            }
        }

        await ErrorAsync(http, BadToken, "Refresh token is incorrect or has been used.");
    }

    private JsonObject Tokens(SimulatedAccount account, TikTokGrant grant) => new()
    {
        ["open_id"] = account.PhoneNumberId,
        ["access_token"] = grant.Access,
        ["expires_in"] = 86400,
        ["refresh_token"] = grant.Refresh,
        ["refresh_token_expires_in"] = 31536000,
        ["scope"] = Scopes,
        ["token_type"] = "Bearer",
    };

    private async Task SendAsync(HttpContext http, SimulatedAccount account, JsonObject body)
    {
        await Task.Delay(account.Behaviour.Slow, clock, CancellationToken.None); // a sender that stopped waiting does not stop the platform
        var person = TikTokPayloads.PersonOf(SimulatorMessages.Text(body["recipient"]));
        if (SimulatorMessages.Text(body["recipient_type"]) != "CONVERSATION" || person.Length == 0)
        {
            await ErrorAsync(http, 40007, "The conversation does not exist.");
        }
        else if (SimulatorMessages.Text(body["message_type"]) == "SENDER_ACTION")
        {
            ledger.Add(new LedgerSignal(clock.GetUtcNow(), account.PhoneNumberId, person, SimulatorMessages.Text(body["sender_action"]) == "TYPING"));
            await OkAsync(http, []);
        }
        else if (Refuse(body) is { } refusal)
        {
            await ErrorAsync(http, 40002, refusal);
        }
        else if (account.Behaviour.WindowClosed)
        {
            await ErrorAsync(http, 40064, "The direct message is blocked by direct message rules.");
        }
        else
        {
            await AnswerSendAsync(http, account, body, person);
        }
    }

    private async Task AnswerSendAsync(HttpContext http, SimulatedAccount account, JsonObject body, string person)
    {
        switch (account.NextFailure())
        {
            case SimulatedFailure.TooMany when account.Behaviour.RetryAfter is { } after:
                http.Response.Headers.RetryAfter = ((long)after.TotalSeconds).ToString(System.Globalization.CultureInfo.InvariantCulture);
                await ErrorAsync(http, 40100, "Requests made too frequently.", StatusCodes.Status429TooManyRequests);
                break;
            case SimulatedFailure.TooMany:
                await ErrorAsync(http, 40100, "Requests made too frequently.");
                break;
            case SimulatedFailure.GraphError:
                await ErrorAsync(http, account.Behaviour.Code, "Simulated error");
                break;
            case SimulatedFailure.ServerErrorWithBody:
                await ErrorAsync(http, 51065, "System error", StatusCodes.Status503ServiceUnavailable);
                break;
            case SimulatedFailure.ServerErrorWithoutBody:
                Accept(http, account, body, person);
                http.Response.StatusCode = StatusCodes.Status502BadGateway;
                await http.Response.WriteAsync("<html>Bad gateway</html>", http.RequestAborted);
                break;
            case SimulatedFailure.LostAnswer:
                Accept(http, account, body, person);
                http.Abort();
                break;
            case SimulatedFailure.DroppedRequest:
                http.Abort();
                break;
            case SimulatedFailure.Garbage:
                Accept(http, account, body, person);
                await http.Response.WriteAsync("{\"code\":0,\"data\":{", http.RequestAborted);
                break;
            default:
                var send = Accept(http, account, body, person);
                await Task.Delay(account.Behaviour.SlowAnswer, clock, CancellationToken.None);
                await OkAsync(http, new JsonObject { ["message"] = new JsonObject { ["message_id"] = send.MessageId } });
                break;
        }
    }

    private LedgerSend Accept(HttpContext http, SimulatedAccount account, JsonObject body, string person)
    {
        var type = SimulatorMessages.Text(body["message_type"]) switch { "IMAGE" => "image", "TEMPLATE" => "interactive", _ => "text" };
        var send = new LedgerSend(
            clock.GetUtcNow(), account.PhoneNumberId, person, null, type,
            SimulatorMessages.Text(body["text"]?["body"]) ?? SimulatorMessages.Text(body["template"]?["title"]), NewId());
        ledger.Add(send);
        http.Items[typeof(LedgerSend)] = send; // an answer may get lost on the way; what was taken is still known to whoever runs the simulator
        var part = type switch { "image" => "image", "interactive" => "template", _ => "text" };
        Keep(account, TikTokPayloads.Message(account, person, "", send.MessageId, new JsonObject { ["type"] = part, [part] = body[part]?.DeepClone() }, send.At, isOut: true));
        webhooks.Report(account, send);
        return send;
    }

    /// <summary>Why the platform does not take a message; null when it does.</summary>
    private string? Refuse(JsonObject body)
    {
        var buttons = body["template"]?["buttons"] as JsonArray ?? [];
        return SimulatorMessages.Text(body["message_type"]) switch
        {
            "TEXT" => SimulatorMessages.Text(body["text"]?["body"]) is { Length: <= 6000 } ? null : "text.body must have 1 to 6000 characters.",
            "IMAGE" => body["referenced_message_info"] is null && SimulatorMessages.Text(body["image"]?["media_id"]) is { } id && media.Knows(id) ? null : "image.media_id is invalid.",
            "TEMPLATE" => buttons.Count is >= 1 and <= 3 && SimulatorMessages.Text(body["template"]?["title"]) is { Length: <= 40 }
                && buttons.All(b => SimulatorMessages.Text(b?["title"]) is { Length: <= 20 } && SimulatorMessages.Text(b?["id"]) is { Length: <= 40 }) ? null : "template is invalid.",
            _ => "message_type is invalid.",
        };
    }

    private async Task UploadAsync(HttpContext http, SimulatedAccount account)
    {
        if (http.Request.Form.Files.GetFile("file") is not { } file || http.Request.Form["media_type"] != "IMAGE" || file.ContentType is not ("image/jpeg" or "image/png"))
        {
            await ErrorAsync(http, 40908, "The file type is not supported.");
            return;
        }

        using var content = new MemoryStream();
        await file.CopyToAsync(content, http.RequestAborted);
        await OkAsync(http, new JsonObject { ["media_id"] = media.Add(account with { AccessToken = GrantOf(account).Access }, file.ContentType, content.ToArray()) });
    }

    private Task DescribeAsync(HttpContext http, JsonObject body) =>
        SimulatorMessages.Text(body["media_id"]) is { } id && media.Knows(id) && SimulatorMessages.Text(body["conversation_id"]) is not null && SimulatorMessages.Text(body["message_id"]) is not null
            && SimulatorMessages.Text(body["media_type"]) is "IMAGE" or "VIDEO"
            ? OkAsync(http, new JsonObject { ["download_url"] = $"{http.Request.Scheme}://{http.Request.Host}/{SimulatorMedia.Path}/{id}" })
            : ErrorAsync(http, 40007, "The media does not exist.");

    private Task ListAsync(HttpContext http, SimulatedAccount account)
    {
        var mine = Known(account).GroupBy(m => SimulatorMessages.Text(m["conversation_id"])!, StringComparer.Ordinal)
            .Where(c => c.Any(m => IsOut(account, m)) == (http.Request.Query["conversation_type"] == "SINGLE"));
        return OkAsync(http, new JsonObject
        {
            ["conversations"] = new JsonArray([.. mine.Select(c => new JsonObject { ["conversation_id"] = c.Key, ["update_time"] = c.Max(m => (long)m["timestamp"]!) })]),
            ["has_more"] = false,
            ["cursor"] = 0,
        });
    }

    private Task PastAsync(HttpContext http, SimulatedAccount account)
    {
        var thread = http.Request.Query["conversation_id"].ToString();
        var newest = Known(account).Where(m => SimulatorMessages.Text(m["conversation_id"]) == thread).OrderByDescending(m => (long)m["timestamp"]!).Take(20);
        return OkAsync(http, new JsonObject
        {
            ["participants"] = new JsonArray(
                new JsonObject { ["id"] = account.PhoneNumberId, ["role"] = "BUSINESS_ACCOUNT", ["display_name"] = account.Name },
                new JsonObject { ["id"] = TikTokPayloads.PersonOf(thread), ["role"] = "PERSONAL_ACCOUNT", ["display_name"] = "Shown name" }),
            ["messages"] = new JsonArray([.. newest.Select(Listed)]),
        });
    }

    // Lists name types in capitals, and the parties otherwise than deliveries do.
    private static JsonObject Listed(JsonObject message)
    {
        var listed = message.DeepClone().AsObject();
        listed["message_type"] = SimulatorMessages.Text(message["type"])?.ToUpperInvariant();
        listed["sender"] = SimulatorMessages.Text(message["from"]);
        listed["recipient"] = SimulatorMessages.Text(message["to"]);
        foreach (var only in new[] { "type", "from", "to", "unique_identifier" })
        {
            listed.Remove(only);
        }

        return listed;
    }

    private static bool IsOut(SimulatedAccount account, JsonObject message) => SimulatorMessages.Text(message["from_user"]?["id"]) == account.PhoneNumberId;

    private void Keep(SimulatedAccount account, JsonObject message)
    {
        var all = _past.GetOrAdd(account.PhoneNumberId, _ => []);
        lock (all)
        {
            all.Add(message);
            if (all.Count > MostKept)
            {
                all.RemoveAt(0);
            }
        }
    }

    /// <summary>What the lists show; our own messages are there when their echo is sent.</summary>
    private List<JsonObject> Known(SimulatedAccount account)
    {
        var all = _past.GetOrAdd(account.PhoneNumberId, _ => []);
        var until = (clock.GetUtcNow() - account.Behaviour.StatusDelay).ToUnixTimeMilliseconds();
        lock (all)
        {
            return all.FindAll(m => !IsOut(account, m) || (long)m["timestamp"]! <= until);
        }
    }

    private static Task OkAsync(HttpContext http, JsonObject data) =>
        SimulatorReply.JsonAsync(http, new JsonObject { ["code"] = 0, ["message"] = "OK", ["request_id"] = "simulated", ["data"] = data });

    private static Task ErrorAsync(HttpContext http, int code, string message, int status = StatusCodes.Status200OK) =>
        SimulatorReply.JsonAsync(http, new JsonObject { ["code"] = code, ["message"] = message, ["request_id"] = "simulated", ["data"] = new JsonObject() }, status);

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

/// <summary>The tokens of an account.</summary>
/// <param name="Access">For calls.</param>
/// <param name="Refresh">For the next exchange; counts once.</param>
/// <param name="Generation">How often they were exchanged.</param>
internal sealed record TikTokGrant(string Access, string Refresh, int Generation);
