using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Omni.Infrastructure.Channels.Simulator;

/// <summary>A pretended Reddit: consent, tokens, listings, messages, comments. It posts nothing; what its accounts have lies in their mailboxes.</summary>
internal sealed class RedditSimulator(SimulatorLedger ledger, TimeProvider clock)
{
    /// <summary>The one name that answers to private messages carry.</summary>
    public const string Placeholder = "t4_zzzzzzzzzzzz";

    private readonly ConcurrentDictionary<string, (SimulatedAccount Account, RedditMailbox Mailbox)> _accounts = new(StringComparer.OrdinalIgnoreCase);
    private readonly ConcurrentDictionary<string, string> _tokens = new();
    private readonly ConcurrentDictionary<string, string> _codes = new();
    private readonly ConcurrentQueue<string> _calls = new();
    private int _renewals;

    /// <summary>Who gives the next consent.</summary>
    public string? Consenting { get; set; }

    /// <summary>How long tokens live.</summary>
    public TimeSpan TokenLife { get; set; } = TimeSpan.FromDays(1);

    /// <summary>Calls left in the window, as its header says; null leaves the header out.</summary>
    public double? Left { get; set; }

    /// <summary>How often tokens were renewed.</summary>
    public int Renewals => _renewals;

    /// <summary>Paths that were called, in order.</summary>
    public IReadOnlyCollection<string> Calls => _calls;

    /// <summary>Messages it took, in order.</summary>
    public IReadOnlyList<LedgerSend> Sends() => ledger.Sends;

    /// <summary>Makes an account known. Its business account stands for the token that others are renewed by.</summary>
    /// <returns>Its mailbox.</returns>
    public RedditMailbox Register(SimulatedAccount account)
    {
        var mailbox = new RedditMailbox(account.PhoneNumberId);
        _accounts[account.PhoneNumberId] = (account, mailbox);
        _tokens[account.AccessToken] = account.PhoneNumberId;
        return mailbox;
    }

    /// <summary>Takes a token out of service, as when it has ended.</summary>
    public void Forget(string token) => _tokens.TryRemove(token, out _);

    /// <summary>Somebody writes to an account.</summary>
    public RedditItem Receive(RedditMailbox mailbox, string author, string text, DateTimeOffset? at = null, bool isAlone = false) =>
        mailbox.Add(new RedditItem(RedditMailbox.NewName("t4"), author, mailbox.Username, text, at ?? clock.GetUtcNow()) { IsAlone = isAlone });

    /// <summary>Somebody answers or mentions an account in public.</summary>
    public RedditItem Comment(RedditMailbox mailbox, string author, string text, string post, string? parent = null, DateTimeOffset? at = null) =>
        mailbox.Add(new RedditItem(RedditMailbox.NewName("t1"), author, mailbox.Username, text, at ?? clock.GetUtcNow()) { Post = post, Parent = parent ?? post });

    /// <summary>Answers a call over HTTP.</summary>
    public async Task HandleAsync(HttpContext http)
    {
        var path = Path(http);
        _calls.Enqueue(string.Join('/', path));
        switch (path)
        {
            case ["api", "v1", "authorize"]:
                Consent(http);
                break;
            case ["api", "v1", "access_token"]:
                await TokenAsync(http);
                break;
            default:
                var header = http.Request.Headers.Authorization.ToString();
                var known = header.StartsWith("bearer ", StringComparison.OrdinalIgnoreCase) && _tokens.TryGetValue(header[7..], out var username) ? username : null;
                if (known is null || !_accounts.TryGetValue(known, out var own))
                {
                    await UnauthorizedAsync(http);
                    break;
                }

                await AnswerAsync(http, own.Account, own.Mailbox);
                break;
        }
    }

    /// <summary>Answers a call with an account's token.</summary>
    public async Task AnswerAsync(HttpContext http, SimulatedAccount account, RedditMailbox mailbox)
    {
        if (Left is { } left)
        {
            http.Response.Headers["x-ratelimit-remaining"] = left.ToString("0.0", CultureInfo.InvariantCulture);
            http.Response.Headers["x-ratelimit-reset"] = "30";
        }

        if (account.Behaviour.TokenExpired)
        {
            await UnauthorizedAsync(http);
            return;
        }

        await Task.Delay(account.Behaviour.Slow, clock, CancellationToken.None); // a caller that stopped waiting does not stop the platform
        switch (Path(http))
        {
            case ["api", "v1", "me"]:
                await SimulatorReply.JsonAsync(http, new { id = mailbox.Username, name = mailbox.Username, is_suspended = false, has_verified_email = true });
                break;
            case ["message", "inbox" or "unread"]:
                await ListAsync(http, mailbox, i => !IsOwn(mailbox, i));
                break;
            case ["message", "sent"]:
                await ListAsync(http, mailbox, i => IsOwn(mailbox, i) && !i.IsComment);
                break;
            case ["user", _, "comments"]:
                await ListAsync(http, mailbox, i => IsOwn(mailbox, i) && i.IsComment);
                break;
            case ["api", "info"]:
                var wanted = http.Request.Query["id"].ToString().Split(',').ToHashSet();
                await ListAsync(http, mailbox, i => wanted.Contains(i.Name));
                break;
            case ["api", "comment" or "compose"] when HttpMethods.IsPost(http.Request.Method):
                await SendAsync(http, account, mailbox);
                break;
            case ["api", "read_message"] when HttpMethods.IsPost(http.Request.Method):
                var read = await http.Request.ReadFormAsync(http.RequestAborted);
                ledger.Add(new LedgerSignal(clock.GetUtcNow(), mailbox.Username, read["id"].ToString(), Typing: false));
                await SimulatorReply.JsonAsync(http, new { });
                break;
            default:
                await SimulatorReply.JsonAsync(http, new { message = "Not Found", error = 404 }, StatusCodes.Status404NotFound);
                break;
        }
    }

    private static string[] Path(HttpContext http) => (http.Request.Path.Value ?? "").Split('/', StringSplitOptions.RemoveEmptyEntries);

    private static bool IsOwn(RedditMailbox mailbox, RedditItem item) => string.Equals(item.Author, mailbox.Username, StringComparison.OrdinalIgnoreCase);

    private static Task UnauthorizedAsync(HttpContext http)
    {
        http.Response.Headers.WWWAuthenticate = "Bearer realm=\"reddit\", error=\"invalid_token\"";
        return SimulatorReply.JsonAsync(http, new { message = "Unauthorized", error = 401 }, StatusCodes.Status401Unauthorized);
    }

    private static Task ListAsync(HttpContext http, RedditMailbox mailbox, Func<RedditItem, bool> fits)
    {
        var query = http.Request.Query;
        return SimulatorReply.JsonAsync(http, mailbox.List(fits, query["after"].FirstOrDefault(), int.TryParse(query["limit"], CultureInfo.InvariantCulture, out var limit) ? Math.Clamp(limit, 1, 100) : 25));
    }

    private void Consent(HttpContext http)
    {
        var query = http.Request.Query;
        var back = query["redirect_uri"].ToString();
        if (Consenting is not { } username)
        {
            http.Response.Redirect($"{back}?error=access_denied&state={Uri.EscapeDataString(query["state"].ToString())}");
            return;
        }

        var code = RedditMailbox.NewName("code");
        _codes[code] = query["duration"] == "permanent" ? username : $"{username} for an hour";
        http.Response.Redirect($"{back}?code={code}&state={Uri.EscapeDataString(query["state"].ToString())}");
    }

    private async Task TokenAsync(HttpContext http)
    {
        var form = await http.Request.ReadFormAsync(http.RequestAborted);
        if (!http.Request.Headers.Authorization.ToString().StartsWith("Basic ", StringComparison.Ordinal))
        {
            await SimulatorReply.JsonAsync(http, new { message = "Unauthorized", error = 401 }, StatusCodes.Status401Unauthorized);
            return;
        }

        if (form["grant_type"] == "authorization_code")
        {
            // A code that is no good is answered with 200.
            var isKnown = _codes.TryRemove(form["code"].ToString(), out var consent);
            var username = consent?.Split(' ')[0] ?? "";
            await SimulatorReply.JsonAsync(http, !isKnown ? new { error = "invalid_grant" }
                : consent == username ? new { access_token = NewToken(username), token_type = "bearer", expires_in = (int)TokenLife.TotalSeconds, refresh_token = _accounts[username].Account.BusinessAccountId, scope = "identity" }
                : new { access_token = NewToken(username), token_type = "bearer", expires_in = 3600, scope = "identity" } as object);
            return;
        }

        var owner = _accounts.Values.FirstOrDefault(a => a.Account.BusinessAccountId == form["refresh_token"]);
        if (owner.Account is null || owner.Account.Behaviour.TokenExpired)
        {
            await SimulatorReply.JsonAsync(http, new { message = "Bad Request", error = 400 }, StatusCodes.Status400BadRequest);
            return;
        }

        Interlocked.Increment(ref _renewals);
        await SimulatorReply.JsonAsync(http, new { access_token = NewToken(owner.Account.PhoneNumberId), token_type = "bearer", expires_in = (int)TokenLife.TotalSeconds, scope = "identity" });
    }

    private string NewToken(string username)
    {
        var token = RedditMailbox.NewName("token");
        _tokens[token] = username;
        return token;
    }

    private async Task SendAsync(HttpContext http, SimulatedAccount account, RedditMailbox mailbox)
    {
        var form = await http.Request.ReadFormAsync(http.RequestAborted);
        var (text, thing) = (form["text"].ToString(), form["thing_id"].FirstOrDefault());
        var parent = mailbox.Find(thing);
        if (text.Length is 0 or > 10_000)
        {
            await ErrorAsync(http, text.Length == 0 ? "NO_TEXT" : "TOO_LONG", "we need something here", "text");
            return;
        }

        if (thing is null ? form["to"].ToString().Length == 0 || form["subject"].ToString().Length is 0 or > 100 : parent is null)
        {
            await ErrorAsync(http, thing is null ? "USER_DOESNT_EXIST" : "DELETED_COMMENT", "that does not exist", thing is null ? "to" : "parent");
            return;
        }

        switch (account.NextFailure())
        {
            case SimulatedFailure.TooMany:
                if (account.Behaviour.RetryAfter is { } after)
                {
                    http.Response.Headers.RetryAfter = ((long)after.TotalSeconds).ToString(CultureInfo.InvariantCulture);
                }

                http.Response.StatusCode = StatusCodes.Status429TooManyRequests;
                await http.Response.WriteAsync("<!doctype html><title>Too Many Requests</title>", http.RequestAborted);
                break;
            case SimulatedFailure.GraphError:
                await ErrorAsync(http, "RATELIMIT", "You are doing that too much. Try again in 1 seconds.", "ratelimit");
                break;
            case SimulatedFailure.ServerErrorWithBody:
                await SimulatorReply.JsonAsync(http, new { message = "Service Unavailable", error = 503 }, StatusCodes.Status503ServiceUnavailable);
                break;
            case SimulatedFailure.ServerErrorWithoutBody:
                Accept(http, mailbox, form, parent, text);
                http.Response.StatusCode = StatusCodes.Status502BadGateway;
                await http.Response.WriteAsync("<html>Bad gateway</html>", http.RequestAborted);
                break;
            case SimulatedFailure.LostAnswer:
                Accept(http, mailbox, form, parent, text);
                http.Abort();
                break;
            case SimulatedFailure.DroppedRequest:
                http.Abort();
                break;
            case SimulatedFailure.Garbage:
                Accept(http, mailbox, form, parent, text);
                await http.Response.WriteAsync("{\"json\":{\"err", http.RequestAborted);
                break;
            default:
                var item = Accept(http, mailbox, form, parent, text);
                var shown = (item.IsComment ? item : item with { Name = Placeholder, Dest = mailbox.Username }).Write();
                await SimulatorReply.JsonAsync(http, new JsonObject
                {
                    ["json"] = thing is null ? new JsonObject { ["errors"] = new JsonArray() } : new JsonObject { ["errors"] = new JsonArray(), ["data"] = new JsonObject { ["things"] = new JsonArray(shown) } },
                });
                break;
        }
    }

    private RedditItem Accept(HttpContext http, RedditMailbox mailbox, IFormCollection form, RedditItem? parent, string text)
    {
        var to = parent is null ? form["to"].ToString() : parent.With(mailbox.Username);
        var item = mailbox.Add(new RedditItem(RedditMailbox.NewName(parent is { IsComment: true } ? "t1" : "t4"), mailbox.Username, to, text, clock.GetUtcNow())
        {
            Parent = parent?.Name,
            Post = parent?.Post,
            Subject = parent is null ? form["subject"].ToString() : $"re: {parent.Subject}",
            IsAlone = parent is null,
        });
        var send = new LedgerSend(item.At, mailbox.Username, to, null, "text", text, item.Name);
        ledger.Add(send);
        http.Items[typeof(LedgerSend)] = send; // an answer may get lost on the way; what was taken is still known to whoever runs the simulator
        return item;
    }

    private static Task ErrorAsync(HttpContext http, string code, string words, string field) =>
        SimulatorReply.JsonAsync(http, new JsonObject { ["json"] = new JsonObject { ["errors"] = new JsonArray(new JsonArray(code, words, field)) } });
}
