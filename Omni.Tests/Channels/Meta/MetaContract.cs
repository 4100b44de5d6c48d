using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Omni.Core.Channels;
using Omni.Core.Common;
using Omni.Infrastructure.Channels;
using Omni.Infrastructure.Channels.Meta;
using Omni.Tests.Channels.Contract;
using Omni.Tests.Channels.WhatsApp;
using Xunit.Abstractions;

namespace Omni.Tests.Channels.Meta;

/// <summary>What Meta's platforms have in common.</summary>
public abstract class MetaContract(ITestOutputHelper output) : ChannelContract(output), IDisposable
{
    private readonly List<ServiceProvider> _services = [];

    /// <summary>The platform.</summary>
    protected abstract ChannelKind Kind { get; }

    /// <summary>The <c>object</c> of its deliveries.</summary>
    protected abstract string Topic { get; }

    internal override IChannelAdapter Adapter => field ??= Connect(new Uri("http://127.0.0.1:1/"));

    internal override OutboundMessage Message => new() { Id = OmniId.New(), Recipients = ["4915100000011"], Type = "text", Text = "Hello" };

    internal override PlatformAnswer Accepts(string messageId) => new(200, $$"""{"recipient_id":"4915100000011","message_id":"{{messageId}}"}""");

    protected override IEnumerable<byte[]> ForeignDeliveries =>
        new[] { MetaTopic.WhatsApp, MetaTopic.Messenger, MetaTopic.Instagram }.Where(t => t != Topic).Select(t => Encoding.UTF8.GetBytes($$"""{"object":"{{t}}","entry":[{"id":"1","time":1}]}"""));

    public void Dispose()
    {
        _services.ForEach(s => s.Dispose());
        GC.SuppressFinalize(this);
    }

    [Fact]
    public void The_challenge_is_given_back_for_the_agreed_token_only()
    {
        Dictionary<string, string> Query(string mode, string token, char separator = '.') => new()
        {
            [$"hub{separator}mode"] = mode,
            [$"hub{separator}verify_token"] = token,
            [$"hub{separator}challenge"] = "1158201444",
        };

        Assert.Equal("1158201444", Adapter.AnswerChallenge(Query("subscribe", "agreed"), "agreed"));
        Assert.Equal("1158201444", Adapter.AnswerChallenge(Query("subscribe", "agreed", '_'), "agreed"));
        Assert.Null(Adapter.AnswerChallenge(Query("subscribe", "other"), "agreed"));
        Assert.Null(Adapter.AnswerChallenge(Query("unsubscribe", "agreed"), "agreed"));
        Assert.Null(Adapter.AnswerChallenge(Query("subscribe", ""), ""));
        Assert.Null(Adapter.AnswerChallenge(new Dictionary<string, string>(), "agreed"));
    }

    internal override IChannelAdapter Connect(Uri platform)
    {
        var services = WhatsAppRig.Services(platform, ("InstagramGraphUrl", platform.ToString()));
        _services.Add(services);
        return services.GetServices<IChannelAdapter>().Single(a => a.Kind == Kind);
    }

    protected override IReadOnlyDictionary<string, string> Sign(byte[] body, string secret) =>
        new Dictionary<string, string> { [MetaSignature.Header] = MetaSignature.Sign(body, secret) };

    protected override byte[] Join(params byte[][] deliveries) => Encoding.UTF8.GetBytes(new JsonObject
    {
        ["object"] = Topic,
        ["entry"] = new JsonArray([.. deliveries.SelectMany(d => JsonNode.Parse(d)!["entry"]!.AsArray()).Select(e => e!.DeepClone())]),
    }.ToJsonString());

    /// <summary>An error object of the Graph API.</summary>
    private protected static DocumentedError Error(int code, SendReaction? reaction, int? subcode = null, int status = 400) => new(
        new PlatformAnswer(status, new JsonObject { ["error"] = new JsonObject { ["code"] = code, ["error_subcode"] = subcode, ["message"] = $"(#{code}) said by the platform" } }.ToJsonString()),
        reaction);
}
