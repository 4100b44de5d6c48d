using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Omni.Core.Channels;
using Omni.Core.Common;

namespace Omni.Infrastructure.Channels.Simulator;

/// <summary>
/// Behaves like the Graph API for WhatsApp, Messenger and Instagram, and beside it like TikTok: reads, sends, files, templates, signed webhooks with repeats. Accounts misbehave on order, and a
/// ledger keeps what was really accepted. Serves as a request delegate of a server or, through <see cref="SimulatorHandler"/>, inside the program.
/// </summary>
internal sealed class GraphSimulator(SimulatorLedger ledger, SimulatorWebhooks webhooks, SimulatorMedia media, TimeProvider clock)
{
    private readonly ConcurrentDictionary<string, SimulatedAccount> _accounts = new();

    private readonly DirectSimulator _direct = new(ledger, webhooks, media, clock);

    /// <summary>TikTok, which lies beside.</summary>
    public TikTokSimulator TikTok { get; } = new(ledger, webhooks, media, clock);

    /// <summary>The side of Messenger and Instagram.</summary>
    public DirectSimulator Direct => _direct;

    /// <summary>What really happened.</summary>
    public SimulatorLedger Ledger { get; } = ledger;

    /// <summary>The sender of webhooks, to wait for it.</summary>
    public SimulatorWebhooks Webhooks { get; } = webhooks;

    /// <summary>Makes an account known, or replaces it.</summary>
    public SimulatedAccount Register(SimulatedAccount account) => _accounts[account.PhoneNumberId] = account;

    /// <summary>Takes an account away.</summary>
    public void Forget(string phoneNumberId) => _accounts.TryRemove(phoneNumberId, out _);

    /// <summary>A person writes text; the webhook follows at once, after those of the person before.</summary>
    /// <returns>The platform's id of the message.</returns>
    public Task<string> ReceiveFromCustomerAsync(string phoneNumberId, SimulatedPerson person, string text, string? replyTo = null)
    {
        var message = new JsonObject { ["type"] = "text", ["text"] = new JsonObject { ["body"] = text } };
        if (replyTo is not null)
        {
            message["context"] = new JsonObject { ["id"] = replyTo };
        }

        return ReceiveFromCustomerAsync(phoneNumberId, person, message);
    }

    /// <summary>A person sends a file.</summary>
    /// <param name="phoneNumberId">To which number.</param>
    /// <param name="person">Who.</param>
    /// <param name="type">The platform's type: image, video, audio, document or sticker.</param>
    /// <param name="mime">Type of the content.</param>
    /// <param name="content">The bytes.</param>
    /// <param name="caption">Words beside it.</param>
    public Task<string> ReceiveFileFromCustomerAsync(string phoneNumberId, SimulatedPerson person, string type, string mime, byte[] content, string? caption = null)
    {
        var file = new JsonObject { ["id"] = AddFile(phoneNumberId, mime, content), ["mime_type"] = mime };
        if (caption is not null)
        {
            file["caption"] = caption;
        }

        return ReceiveFromCustomerAsync(phoneNumberId, person, new JsonObject { ["type"] = type, [type] = file });
    }

    /// <summary>A person sends anything, given in the platform's form; id and time are added where they are missing.</summary>
    public Task<string> ReceiveFromCustomerAsync(string phoneNumberId, SimulatedPerson person, JsonObject message)
    {
        var account = _accounts[phoneNumberId];
        var id = SimulatorMessages.Text(message["id"]) ?? NewId();
        message["id"] = id;
        message["timestamp"] ??= SimulatorPayloads.Stamp(clock.GetUtcNow());
        Webhooks.Post(account, SimulatorPayloads.Messages(account, person, message), id, $"{phoneNumberId}/{person.Phone ?? person.UserId}");
        return Task.FromResult(id);
    }

    /// <summary>Puts a file at the platform.</summary>
    /// <returns>Its id.</returns>
    public string AddFile(string phoneNumberId, string mime, byte[] content) => media.Add(_accounts[phoneNumberId], mime, content);

    /// <summary>Answers one request.</summary>
    public async Task HandleAsync(HttpContext http)
    {
        var path = (http.Request.Path.Value ?? "").Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (TikTokSimulator.Is(path))
        {
            await TikTok.HandleAsync(http, path, _accounts.Values);
            return;
        }

        var token = http.Request.Headers.Authorization.ToString() is var header && header.StartsWith("Bearer ", StringComparison.Ordinal) ? header[7..] : "";
        if (path is [_, "debug_token"])
        {
            await SimulatorNodes.InspectAsync(http, _accounts.Values);
            return;
        }

        if (path is [SimulatorMedia.Path, var open] && token.Length == 0)
        {
            await media.ReadAsync(http, open, http.Request.Headers["x-user"].ToString()); // an address that is signed itself
            return;
        }

        if (await DirectSimulator.AnswerLoginAsync(http, path, token, _accounts.Values))
        {
            return;
        }

        var own = _accounts.Values.Where(a => a.AccessToken == token && !a.Behaviour.TokenExpired).ToList();
        if (own.Count == 0)
        {
            await SimulatorReply.ErrorAsync(http, StatusCodes.Status401Unauthorized, 190, "Invalid OAuth access token.");
            return;
        }

        if (own.Find(a => a.Kind != ChannelKind.WhatsApp) is { } direct)
        {
            await _direct.HandleAsync(http, path, direct);
            return;
        }

        if (path is not [_, _, "messages"])
        {
            await Task.Delay(own.Max(a => a.Behaviour.Slow), clock, http.RequestAborted);
        }

        switch (path)
        {
            case [SimulatorMedia.Path, var file]:
                await media.ReadAsync(http, file, token);
                break;
            case [_, var id, "messages"] when HttpMethods.IsPost(http.Request.Method) && own.Find(a => a.PhoneNumberId == id) is { } account:
                await SendAsync(http, account);
                break;
            case [_, var id, "media"] when HttpMethods.IsPost(http.Request.Method) && own.Find(a => a.PhoneNumberId == id) is { } account:
                await media.UploadAsync(http, account);
                break;
            case [_, var id] when await media.DescribeAsync(http, id, token):
                break;
            case [_, var id, ..]:
                await SimulatorNodes.ReadAsync(http, own, id, path.ElementAtOrDefault(2));
                break;
            default:
                await SimulatorReply.ErrorAsync(http, StatusCodes.Status404NotFound, 2500, "Unknown path components");
                break;
        }
    }

    private async Task SendAsync(HttpContext http, SimulatedAccount account)
    {
        var read = await ReadAsync(http);
        await Task.Delay(account.Behaviour.Slow, clock, CancellationToken.None); // a sender that stopped waiting does not stop the platform
        if (read is not { } body)
        {
            await SimulatorReply.ErrorAsync(http, StatusCodes.Status400BadRequest, 100, "The body is not a JSON object.");
        }
        else if (SimulatorMessages.Text(body["status"]) == "read")
        {
            Ledger.Add(new LedgerSignal(clock.GetUtcNow(), account.PhoneNumberId, SimulatorMessages.Text(body["message_id"]) ?? "", body["typing_indicator"] is not null));
            await SimulatorReply.JsonAsync(http, new { success = true });
        }
        else if (SimulatorMessages.Refuse(account, body, media.Knows) is { } refusal)
        {
            await SimulatorReply.ErrorAsync(http, StatusCodes.Status400BadRequest, refusal.Code, refusal.Words);
        }
        else if (account.Behaviour.WindowClosed && body["template"] is null)
        {
            await SimulatorReply.ErrorAsync(http, StatusCodes.Status400BadRequest, 131047, "Re-engagement message", "More than 24 hours have passed since the customer last replied to this number.");
        }
        else
        {
            await SimulatorSends.AnswerAsync(http, account, account.NextFailure(), clock, () => Accept(http, account, body));
        }
    }

    private LedgerSend Accept(HttpContext http, SimulatedAccount account, JsonObject body)
    {
        var send = new LedgerSend(
            clock.GetUtcNow(),
            account.PhoneNumberId,
            SimulatorMessages.Recipient(body)!,
            SimulatorMessages.Text(body["biz_opaque_callback_data"]),
            SimulatorMessages.Text(body["type"]) ?? "text",
            SimulatorMessages.Words(body),
            NewId());
        Ledger.Add(send);
        http.Items[typeof(LedgerSend)] = send; // an answer may get lost on the way; what was taken is still known to whoever runs the simulator
        Webhooks.Report(account, send);
        return send;
    }

    /// <summary>A new message id, as the platform makes them.</summary>
    public static string NewId() => $"wamid.SIM{Convert.ToBase64String(OmniId.New().ToByteArray(bigEndian: true))}";

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
