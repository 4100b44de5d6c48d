using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Omni.Core.Channels;
using Omni.Core.Common;
using Omni.Infrastructure.Channels.Reddit;
using Omni.Tests.Channels.Contract;
using Xunit.Abstractions;

namespace Omni.Tests.Channels.Reddit;

public sealed class RedditContractTests(ITestOutputHelper output) : ChannelContract(output), IDisposable
{
    private readonly List<ServiceProvider> _services = [];

    internal override IChannelAdapter Adapter => field ??= Connect(new Uri("http://127.0.0.1:1/"));

    internal override ChannelAccess Access => RedditRig.Access;

    internal override OutboundMessage Message => new() { Id = OmniId.New(), Recipients = ["nora_reads"], Type = "text", Text = "Hello", ThreadKey = "t4_thread", AnswersTo = "t4_last" };

    internal override PlatformAnswer RefusesToRenew => new(400, """{"message":"Bad Request","error":400}""");

    internal override IEnumerable<DocumentedError> Errors =>
        RedditErrors.Codes.Select(code => Error(code, RedditErrors.Find(code)!.Value.Reaction))
            .Append(Error("SOMETHING_NEW", SendReaction.GiveUpContent))
            .Append(new(new PlatformAnswer(400, """{"reason":"USER_DOESNT_EXIST","explanation":"that user doesn't exist","fields":["to"]}"""), SendReaction.GiveUpContact))
            .Append(new(new PlatformAnswer(403, """{"message":"Forbidden","error":403}"""), SendReaction.GiveUpContact))
            .Append(new(new PlatformAnswer(404, """{"message":"Not Found","error":404}"""), SendReaction.GiveUpContent))
            .Append(new(new PlatformAnswer(451, ""), SendReaction.GiveUpContent))
            .Append(new(new PlatformAnswer(302, ""), SendReaction.GiveUpContent))
            .Append(new(new PlatformAnswer(429, "<html>whoa there, pardner</html>") { RetryAfter = "4" }, SendReaction.Retry))
            .Append(new(new PlatformAnswer(401, """{"message":"Unauthorized","error":401}"""), SendReaction.Reauthorize))
            .Append(new(new PlatformAnswer(503, """{"message":"Service Unavailable","error":503}"""), null))
            .Append(new(new PlatformAnswer(500, """{"json":{"errors":[["NO_TEXT","we need something here","text"]]}}"""), null));

    protected override string Folder => "Reddit";

    protected override bool HoldsMany => false;

    protected override bool Posts => false;

    protected override IEnumerable<byte[]> ForeignDeliveries => [Encoding.UTF8.GetBytes("""{"object":"page","entry":[{"id":"1","time":1}]}""")];

    public void Dispose() => _services.ForEach(s => s.Dispose());

    internal override PlatformAnswer Accepts(string messageId) => new(200, $$$$"""{"json":{"errors":[],"data":{"things":[{"kind":"t1","data":{"name":"{{{{messageId}}}}"}}]}}}""");

    internal override PlatformAnswer Renews(string token) => new(200, $$"""{"access_token":"{{token}}","token_type":"bearer","expires_in":86400,"scope":"identity"}""");

    internal override IChannelAdapter Connect(Uri platform)
    {
        var services = RedditRig.Services(platform);
        _services.Add(services);
        return services.GetRequiredService<RedditChannel>();
    }

    [Theory]
    [InlineData("""{"json":{"errors":[]}}""", "a first message is never named")]
    [InlineData("""{"json":{"errors":[],"data":{"things":[{"kind":"t4","data":{"name":"t4_zzzzzzzzzzzz"}}]}}}""", "every answer has the same name")]
    public async Task A_message_that_is_taken_without_a_name_of_its_own_is_sent_and_named_later(string body, string why)
    {
        await using var platform = await ScriptedPlatform.StartAsync();
        platform.Next = new PlatformAnswer(200, body);
        Assert.True(await Connect(platform.Url).SendAsync(Message, Access, CancellationToken.None) is SendOutcome.Accepted { ExternalId: null }, why);
    }

    [Theory]
    [InlineData("You are doing that too much. Try again in 6 seconds.", 6)]
    [InlineData("Take a break for 1 minute before trying again.", 60)]
    [InlineData("Looks like you've been doing that a lot. Take a break for 9 minutes before trying again.", 540)]
    [InlineData("try again in 900 milliseconds", 1)]
    [InlineData("in 2 hours", 7200)]
    [InlineData("later", 600)]
    [InlineData(null, 600)]
    public void A_pace_that_is_told_in_words_is_understood(string? words, int seconds) => Assert.Equal(TimeSpan.FromSeconds(seconds), RedditErrors.Wait(words));

    [Fact]
    public async Task Answers_go_to_what_was_said_last_and_first_messages_to_the_person()
    {
        var forms = new List<(string Path, string Form, string Agent, string Authorization)>();
        await using var server = await LocalServer.StartAsync(async http =>
        {
            using var reader = new StreamReader(http.Request.Body);
            forms.Add((http.Request.Path, WebUtility.UrlDecode(await reader.ReadToEndAsync()), http.Request.Headers.UserAgent.ToString(), http.Request.Headers.Authorization.ToString()));
            await Microsoft.AspNetCore.Http.HttpResponseWritingExtensions.WriteAsync(http.Response, """{"json":{"errors":[]}}""");
        });
        var adapter = Connect(server.Url);
        foreach (var message in new[]
        {
            Message, Message with { ReplyTo = "t1_chosen" }, Message with { AnswersTo = null }, Message with { ThreadKey = "", AnswersTo = null, Text = "Line one\nmore" },
            Message with { ThreadKey = "", AnswersTo = null, Recipients = ["r/fjords"], Text = new string('x', 300) },
        })
        {
            Assert.IsType<SendOutcome.Accepted>(await adapter.SendAsync(message, Access, CancellationToken.None));
        }

        Assert.Equal(["/api/comment", "/api/comment", "/api/comment", "/api/compose", "/api/compose"], forms.Select(f => f.Path));
        Assert.EndsWith("thing_id=t4_last", forms[0].Form, StringComparison.Ordinal);
        Assert.EndsWith("thing_id=t1_chosen", forms[1].Form, StringComparison.Ordinal);
        Assert.EndsWith("thing_id=t4_thread", forms[2].Form, StringComparison.Ordinal);
        Assert.EndsWith("to=nora_reads&subject=Line one", forms[3].Form, StringComparison.Ordinal);
        Assert.EndsWith($"to=/r/fjords&subject={new string('x', 99)}…", forms[4].Form, StringComparison.Ordinal);
        Assert.All(forms, f => Assert.Equal(("web:omni:v1.0 (self-hosted inbox)", "bearer token"), (f.Agent, f.Authorization)));

        // A post whose comments are all deleted must not get an answer that nobody is meant by.
        Assert.IsType<SendOutcome.Rejected>(await adapter.SendAsync(Message with { ThreadKey = "t3_post", AnswersTo = null }, Access, CancellationToken.None));
    }

    [Fact]
    public async Task A_missing_scope_is_told_from_other_refusals_by_its_header()
    {
        await using var server = await LocalServer.StartAsync(http =>
        {
            http.Response.StatusCode = 403;
            http.Response.Headers.WWWAuthenticate = "Bearer realm=\"reddit\", error=\"insufficient_scope\"";
            return Task.CompletedTask;
        });
        Assert.IsType<SendOutcome.Reauthorize>(await Connect(server.Url).SendAsync(Message, Access, CancellationToken.None));
    }

    [Fact]
    public async Task What_the_platform_says_is_left_is_noted_for_all()
    {
        await using var server = await LocalServer.StartAsync(http =>
        {
            (http.Response.Headers["x-ratelimit-remaining"], http.Response.Headers["x-ratelimit-reset"]) = ("3.0", "249");
            return Task.CompletedTask;
        });
        var adapter = Connect(server.Url);
        await adapter.SendAsync(Message, Access, CancellationToken.None);
        Assert.Equal([(3.0, TimeSpan.FromSeconds(249))], ((RedditRig.Endless)_services[^1].GetRequiredService<ICallBudgets>()).Reports);
    }

    [Fact]
    public void Every_recorded_answer_means_what_is_expected()
    {
        var lines = Lines("expected.jsonl").Where(l => l.Line["result"]?["ok"] is not null && ((string)l.Line["input"]!["url"]!).Contains("/api/", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(lines);
        foreach (var (folder, line) in lines)
        {
            var (file, result) = ((string)line["file"]!, line["result"]!);
            var answer = Recorded(Path.Combine(folder, file), line["input"]!);
            if (((string)line["input"]!["url"]!).Contains("access_token", StringComparison.Ordinal))
            {
                Assert.True(IsToken(answer, result), file);
            }
            else if (((string)line["input"]!["method"]!) == "POST" || !(bool)result["ok"]!)
            {
                Assert.Equal((file, (bool)result["ok"]! ? "ok" : (string)result["action"]!), (file, Action(RedditVerdicts.OfSend(answer), answer)));
                Assert.Equal((file, (string?)result["external_id"]), (file, RedditVerdicts.OfSend(answer) is SendOutcome.Accepted accepted ? accepted.ExternalId : null));
                Assert.Equal((file, (double?)result["retry_after_seconds"]), (file, RedditVerdicts.OfSend(answer) is SendOutcome.Retry { After.TotalSeconds: var wait } ? wait : null));
                Assert.Equal((file, (string?)result["code"], (string?)result["field"]), (file, result["code"] is null ? null : answer.Error?.Code, result["code"] is null ? null : answer.Error?.Field));
            }
        }
    }

    protected override byte[] Delivery(string path, JsonNode line)
    {
        using var answer = JsonDocument.Parse(File.ReadAllBytes(path));
        return RedditDelivery.Of((string)(line["input"]!["account_name"] ?? line["events"]!.AsArray()[0]!["channel_account_id"])!, answer.RootElement);
    }

    protected override JsonNode? Expected(JsonNode line)
    {
        var url = (string)line["input"]!["url"]!;
        return !url.Contains("/message/", StringComparison.Ordinal) && !url.Contains("/comments?mark", StringComparison.Ordinal) ? null : new JsonObject
        {
            ["file"] = (string)line["file"]!,
            ["events"] = new JsonArray([.. line["events"]!.AsArray().Select(e => Shared(e!))]),
        };
    }

    protected override byte[] TextDelivery(string accountId, string messageId, string textJson, string timeJson = "1790000000000") =>
        Body(accountId, $$$"""{"kind":"t4","data":{"name":"{{{messageId}}}","author":"Nora_Reads","dest":"{{{accountId}}}","body":"{{{textJson}}}","created_utc":{{{timeJson}}},"subject":"Hi","new":true,"first_message_name":null,"replies":""}}""");

    protected override byte[] UnknownDelivery(string accountId, string messageId) => Body(accountId, $$$"""{"kind":"t9","data":{"name":"{{{messageId}}}","author":"Nora_Reads","dest":"{{{accountId}}}","created_utc":1790000000.0}}""");

    protected override byte[] Join(params byte[][] deliveries) => throw new NotSupportedException();

    private static byte[] Body(string account, string things) => Encoding.UTF8.GetBytes($$"""{"account":"{{account}}","data":[{{things}}]}""");

    private static DocumentedError Error(string code, SendReaction reaction) => new(new PlatformAnswer(200, new JsonObject { ["json"] = new JsonObject { ["errors"] = new JsonArray(new JsonArray(code, "said by Reddit", "field")) } }.ToJsonString()), reaction);

    /// <summary>An expected event in the shape all platforms share: what is Reddit's own stands among the extras.</summary>
    private static JsonObject Shared(JsonNode want)
    {
        var extra = new JsonObject();
        var isComment = (string?)want["kind"] == "comment";
        foreach (var name in new[] { "subject", "reason", "link_title", "permalink", "subreddit", "contact_fullname", "unread" })
        {
            if (want[name] is { } value)
            {
                extra[name] = value.DeepClone();
            }
        }

        if (isComment)
        {
            extra["public"] = true;
        }

        if (want["ignored"] is { } reason)
        {
            extra["reason"] = reason.DeepClone();
        }

        if ((bool?)want["no_automation"] == true)
        {
            extra["no_automation"] = true;
        }

        return new JsonObject
        {
            ["kind"] = isComment ? "message" : (string)want["kind"]!,
            ["direction"] = want["direction"]?.DeepClone(),
            ["external_id"] = want["external_id"]?.DeepClone(),
            ["channel_account_id"] = want["channel_account_id"]?.DeepClone(),
            ["contact_id"] = want["contact_id"]?.DeepClone(),
            ["contact_name"] = want["contact_name"]?.DeepClone(),
            ["type"] = want["type"]?.DeepClone(),
            ["text"] = want["text"]?.DeepClone(),
            ["timestamp"] = want["timestamp"]?.DeepClone(),
            ["reply_to"] = want["reply_to"]?.DeepClone(),
            ["attachments"] = new JsonArray(),
            ["status"] = null,
            ["thread_id"] = (string?)want["thread_id"] ?? "",
            ["extra"] = extra,
        };
    }

    private static RedditAnswer.Answered Recorded(string path, JsonNode input)
    {
        JsonElement body = default;
        if (path.EndsWith(".json", StringComparison.Ordinal))
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            body = document.RootElement.Clone();
        }

        return new RedditAnswer.Answered((HttpStatusCode)(int)input["status"]!, body)
        {
            Error = RedditError.Of(body),
            LacksScope = ((string?)input["headers"]?["www-authenticate"])?.Contains("insufficient_scope", StringComparison.Ordinal) == true,
            RetryAfter = (string?)input["headers"]?["retry-after"] is { } seconds ? TimeSpan.FromSeconds(int.Parse(seconds, CultureInfo.InvariantCulture)) : null,
        };
    }

    private static string Action(SendOutcome outcome, RedditAnswer.Answered answer) => outcome switch
    {
        SendOutcome.Accepted => "ok",
        SendOutcome.Retry => "retry",
        SendOutcome.Reauthorize when answer.Status == HttpStatusCode.Unauthorized => "refresh_then_retry_once",
        SendOutcome.Reauthorize => "reauthorize",
        SendOutcome.Rejected => "give_up",
        _ => "unknown",
    };

    private bool IsToken(RedditAnswer answer, JsonNode result)
    {
        var read = new RedditTokens(null!, TimeProvider.System).Read(answer);
        return (bool)result["ok"]!
            ? read.Succeeded(out var token, out _) && token.Credentials["accessToken"] == (string?)result["access_token"] && token.Credentials.GetValueOrDefault("refreshToken") == (string?)result["refresh_token"] && token.ExpiresAt is not null
            : (string)result["action"]! switch { "reauthorize" => read.Refusal is Refusal.Invalid, "fix_configuration" => read.Refusal is Refusal.Conflict, _ => false };
    }
}
