using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Omni.Core.Channels;
using Omni.Core.Common;
using Omni.Infrastructure.Channels.TikTok;
using Omni.Tests.Channels.Contract;
using Xunit.Abstractions;

namespace Omni.Tests.Channels.TikTok;

public sealed class TikTokContractTests(ITestOutputHelper output) : ChannelContract(output), IDisposable
{
    private const string Person = "Nora+berg/8fK2QmZ0aT==";
    private readonly List<ServiceProvider> _services = [];

    internal override IChannelAdapter Adapter => field ??= Connect(new Uri("http://127.0.0.1:1/"));

    internal override ChannelAccess Access => TikTokRig.Access;

    internal override OutboundMessage Message => new() { Id = OmniId.New(), Recipients = [Person], ThreadKey = "fjord/conv+01==", Type = "text", Text = "Hello" };

    internal override IEnumerable<DocumentedError> Errors => TikTokErrors.Codes.Select(c => Error(c, TikTokErrors.Find(c)!.Value.Reaction))
        .Append(Error(40999, SendReaction.GiveUpContent)).Append(Error(50000, null)).Append(Error(51065, SendReaction.Retry, 500)).Append(Error(50002, null, 500))
        .Append(new DocumentedError(new PlatformAnswer(403, "{}"), SendReaction.GiveUpContent));

    internal override PlatformAnswer RefusesToRenew => new(200, """{"code":40105,"message":"Refresh token is invalid"}""");

    protected override string Folder => "TikTok";

    protected override bool HoldsMany => false;

    protected override IEnumerable<byte[]> ForeignDeliveries =>
        new[] { "page", "instagram", "whatsapp_business_account" }.Select(t => Encoding.UTF8.GetBytes($$"""{"object":"{{t}}","entry":[{"id":"1","time":1}]}"""));

    public void Dispose() => _services.ForEach(s => s.Dispose());

    [Theory]
    [InlineData("\"not json\"")]
    [InlineData("\"\"")]
    [InlineData("\"[]\"")]
    [InlineData("17")]
    [InlineData("null")]
    [InlineData("\"{\\\"message_id\\\":\\\"m\\\",\\\"type\\\":\\\"text\\\"}\"")]
    [InlineData("\"{\\\"from_user\\\":{\\\"id\\\":\\\"p\\\"},\\\"type\\\":\\\"text\\\"}\"")]
    [InlineData("\"{\\\"from_user\\\":{\\\"id\\\":\\\"p\\\"},\\\"type\\\":\\\"reaction\\\",\\\"reaction\\\":[{}]}\"")]
    public void Content_that_cannot_be_read_is_set_aside_with_its_account(string content)
    {
        var body = Encoding.UTF8.GetBytes($$"""{"event":"im_receive_msg","user_openid":"100","create_time":1,"content":{{content}}}""");
        Assert.Equal("100", Assert.Single(Adapter.Split(body)).AccountId);
        var item = Assert.Single(Adapter.Parse(body));
        Assert.Null(item.Event);
        Assert.NotNull(item.Problem);
        Assert.NotNull(item.Raw);
    }

    [Fact]
    public void A_message_that_says_nothing_of_itself_asks_for_the_lists()
    {
        var hint = Assert.Single(Adapter.Parse("""{"event":"im_receive_msg_eu","user_openid":"100","content":"{\"timestamp\":1701090879815}"}"""u8.ToArray())).Event!;
        Assert.True(hint.IsOnlyAHint);
        Assert.Equal((InboundKind.Ignored, 1701090879815), (hint.Kind, hint.Timestamp?.ToUnixTimeMilliseconds()));
        Assert.False(Assert.Single(Adapter.Parse(TextDelivery("100", "m", "x"))).Event!.IsOnlyAHint);
    }

    [Fact]
    public void A_challenge_that_is_a_plain_word_is_given_back()
    {
        Assert.Equal("abc-123", Adapter.AnswerChallenge(new Dictionary<string, string> { ["challenge"] = "abc-123" }, ""));
        Assert.Null(Adapter.AnswerChallenge(new Dictionary<string, string> { ["challenge"] = "<script>" }, ""));
        Assert.Null(Adapter.AnswerChallenge(new Dictionary<string, string>(), ""));
    }

    internal override IChannelAdapter Connect(Uri platform)
    {
        var services = TikTokRig.Services(platform);
        _services.Add(services);
        return services.GetRequiredService<IChannelAdapter>();
    }

    internal override IChannelAdapter At(DateTimeOffset now)
    {
        var services = TikTokRig.Services(new Uri("http://127.0.0.1:1/"), new StandingClock(now));
        _services.Add(services);
        return services.GetRequiredService<IChannelAdapter>();
    }

    internal override PlatformAnswer Accepts(string messageId) => Answer(new JsonObject { ["message"] = new JsonObject { ["message_id"] = messageId } });

    internal override PlatformAnswer Renews(string token) => Answer(new JsonObject
    {
        ["open_id"] = "x", ["access_token"] = token, ["expires_in"] = 86400, ["refresh_token"] = "refresh-after", ["refresh_token_expires_in"] = 31536000,
    });

    protected override byte[] TextDelivery(string accountId, string messageId, string textJson, string timeJson = "1790000000000") => Delivery(
        accountId, $$$"""{"timestamp":{{{timeJson}}},"from_user":{"id":"{{{Person}}}"},"to_user":{"id":"{{{accountId}}}"},"from":"nora","conversation_id":"c","message_id":"{{{messageId}}}","type":"text","text":{"body":"{{{textJson}}}"}}""");

    protected override byte[] UnknownDelivery(string accountId, string messageId) => Delivery(
        accountId, $$$"""{"timestamp":1790000000000,"from_user":{"id":"{{{Person}}}"},"to_user":{"id":"{{{accountId}}}"},"message_id":"{{{messageId}}}","type":"hologram"}""");

    protected override byte[] Join(params byte[][] deliveries) => throw new NotSupportedException("One delivery is about one account.");

    protected override IReadOnlyDictionary<string, string> Sign(byte[] body, string secret) =>
        new Dictionary<string, string> { [TikTokSignature.Header] = TikTokSignature.Sign(body, secret, TimeProvider.System.GetUtcNow()) };

    private static byte[] Delivery(string accountId, string content) =>
        Encoding.UTF8.GetBytes($$"""{"client_key":"1","event":"im_receive_msg","user_openid":"{{accountId}}","content":{{JsonSerializer.Serialize(content, Relaxed)}}}""");

    private static JsonSerializerOptions Relaxed { get; } = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static PlatformAnswer Answer(JsonObject data) => new(200, new JsonObject { ["code"] = 0, ["message"] = "OK", ["request_id"] = "1", ["data"] = data }.ToJsonString());

    private static DocumentedError Error(int code, SendReaction? reaction, int status = 200) =>
        new(new PlatformAnswer(status, $$"""{"code":{{code}},"message":"said by the platform","request_id":"1"}"""), reaction);
}
