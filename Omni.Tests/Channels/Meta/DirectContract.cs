using System.Text;
using Omni.Core.Channels;
using Omni.Infrastructure.Channels.Meta;
using Omni.Tests.Channels.Contract;
using Xunit.Abstractions;

namespace Omni.Tests.Channels.Meta;

/// <summary>What Messenger and Instagram have in common beyond the rest of Meta.</summary>
public abstract class DirectContract(ITestOutputHelper output) : MetaContract(output)
{
    private const string Person = "24000000000000011";

    protected override string Folder => Kind.ToString();

    internal override IEnumerable<DocumentedError> Errors => DirectErrors.Codes.Select(e => Error(e.Code, DirectErrors.Find(e.Code, e.Subcode)!.Value.Reaction, e.Subcode))
        .Append(Error(1, null, DirectErrors.PerhapsSent, 500)).Append(Error(1, SendReaction.Retry, status: 500)).Append(Error(555555, null, status: 500))
        .Append(Error(555555, SendReaction.GiveUpContent)).Append(Error(10, SendReaction.Reauthorize, 999));

    [Theory]
    [InlineData(SendReaction.Retry, 1, 2, 4, 17, 613)]
    [InlineData(SendReaction.Reauthorize, 190, 200, 10)]
    [InlineData(SendReaction.GiveUpContact, 551)]
    [InlineData(SendReaction.GiveUpContent, 100)]
    public void Codes_are_grouped_as_documented(SendReaction reaction, params int[] codes) =>
        Assert.All(codes, code => Assert.Equal(reaction, DirectErrors.Find(code, null)?.Reaction));

    [Theory]
    [InlineData(SendReaction.UseTemplate, 10, 2534022)]
    [InlineData(SendReaction.GiveUpContact, 200, 2534041)]
    [InlineData(SendReaction.GiveUpContact, 100, 2534014)]
    [InlineData(SendReaction.Pause, 10, 1893063)]
    [InlineData(SendReaction.Pause, 100, 2534029)]
    public void A_finer_code_counts_before_the_code_alone(SendReaction reaction, int code, int subcode) => Assert.Equal(reaction, DirectErrors.Find(code, subcode)?.Reaction);

    [Theory]
    [InlineData("""{"mid":"m"}""", "no words and no attachment")]
    [InlineData("""{"mid":"m","text":""}""", "empty words")]
    [InlineData("""{"mid":"m","attachments":[{"type":"appointment_booking","payload":{}}]}""", "a type we do not know")]
    public void What_cannot_be_shown_is_a_placeholder(string message, string why)
    {
        var read = Assert.Single(Adapter.Parse(Body("100", $$$"""{"sender":{"id":"{{{Person}}}"},"recipient":{"id":"100"},"timestamp":1,"message":{{{message}}}}"""))).Event;
        Assert.True(read is { Kind: InboundKind.Message, Type: "unsupported" }, why);
    }

    [Theory]
    [InlineData("""{"sender":{"id":"1"},"recipient":{"id":"100"},"message":{"text":"no id"}}""")]
    [InlineData("""{"sender":{"id":"1"},"recipient":{"id":"100"},"reaction":{"action":"react"}}""")]
    [InlineData("""{"sender":{"id":"1"},"recipient":{"id":"100"},"message_edit":{"text":"x"}}""")]
    public void An_item_that_cannot_be_read_does_not_disturb_the_others(string bad)
    {
        var good = (string id) => $$$"""{"sender":{"id":"1"},"recipient":{"id":"100"},"message":{"mid":"{{{id}}}","text":"{{{id}}}"}}""";
        var items = Adapter.Parse(Body("100", $"{good("a")},{bad},{good("b")}"));
        Assert.Equal(["a", null, "b"], items.Select(i => i.Event?.Text));
        Assert.NotNull(items[1].Problem);
        Assert.NotNull(items[1].Raw);
    }

    [Theory]
    [InlineData("17")]
    [InlineData("\"text\"")]
    [InlineData("null")]
    [InlineData("{}")]
    public void Something_that_is_no_item_is_left_aside(string odd)
    {
        var items = Adapter.Parse(Body("100", odd + "," + """{"sender":{"id":"1"},"recipient":{"id":"100"},"message":{"mid":"b","text":"after"}}"""));
        Assert.Equal((InboundKind.Ignored, InboundKind.Message), (items[0].Event?.Kind, items[1].Event?.Kind));
    }

    [Fact]
    public void A_body_with_far_too_many_items_is_a_format_error()
    {
        var body = Body("100", string.Join(',', Enumerable.Repeat("1", 100_000)));
        Assert.Throws<FormatException>(() => Adapter.Parse(body));
        Assert.Throws<FormatException>(() => Adapter.Split(body));
    }

    [Fact]
    public void An_echo_brings_our_reference_back()
    {
        var read = Assert.Single(Adapter.Parse(Body("100", """{"sender":{"id":"100"},"recipient":{"id":"1"},"timestamp":1,"message":{"mid":"m","text":"x","is_echo":true,"metadata":"our-own"}}"""))).Event;
        Assert.Equal((MessageDirection.Out, "1", "our-own"), (read?.Direction, read?.ContactId, read?.ClientReference));
    }

    [Fact]
    public void What_a_person_writes_is_never_taken_for_our_reference()
    {
        var read = Assert.Single(Adapter.Parse(Body("100", """{"sender":{"id":"1"},"recipient":{"id":"100"},"timestamp":1,"message":{"mid":"m","text":"x","metadata":"forged"}}"""))).Event;
        Assert.Null(read?.ClientReference);
    }

    protected override byte[] TextDelivery(string accountId, string messageId, string textJson, string timeJson = "1790000000000") =>
        Body(accountId, $$$"""{"sender":{"id":"{{{Person}}}"},"recipient":{"id":"{{{accountId}}}"},"timestamp":{{{timeJson}}},"message":{"mid":"{{{messageId}}}","text":"{{{textJson}}}"}}""");

    protected override byte[] UnknownDelivery(string accountId, string messageId) =>
        Body(accountId, $$$"""{"sender":{"id":"{{{Person}}}"},"recipient":{"id":"{{{accountId}}}"},"timestamp":1790000000000,"message":{"mid":"{{{messageId}}}","attachments":[{"type":"hologram","payload":{}}]}}""");

    private byte[] Body(string accountId, string items) => Encoding.UTF8.GetBytes($$$"""{"object":"{{{Topic}}}","entry":[{"id":"{{{accountId}}}","time":1790000000000,"messaging":[{{{items}}}]}]}""");
}
