using System.Text;
using Omni.Core.Channels;
using Omni.Infrastructure.Channels.Meta;
using Omni.Infrastructure.Channels.WhatsApp;
using Omni.Tests.Channels.Contract;
using Omni.Tests.Channels.Meta;
using Xunit.Abstractions;

namespace Omni.Tests.Channels.WhatsApp;

public sealed class WhatsAppContractTests(ITestOutputHelper output) : MetaContract(output)
{
    protected override ChannelKind Kind => ChannelKind.WhatsApp;

    protected override string Topic => MetaTopic.WhatsApp;

    protected override string Folder => "WhatsApp";

    internal override ChannelAccess Access => WhatsAppRig.AccessWith("token");

    internal override IEnumerable<DocumentedError> Errors => WhatsAppErrorTable.Codes.Select(code => Error(code, WhatsAppErrorTable.TryGet(code, out var known) ? known.Reaction : null))
        .Append(Error(250, SendReaction.Reauthorize)).Append(Error(555555, null, status: 500)).Append(Error(555555, SendReaction.GiveUpContent));

    internal override PlatformAnswer Accepts(string messageId) => new(200, $$"""{"messaging_product":"whatsapp","messages":[{"id":"{{messageId}}"}]}""");

    [Fact]
    public void A_person_with_two_ids_is_known_by_both()
    {
        var both = Single("""{"from":"491","from_user_id":"DE.1","id":"m","type":"text","text":{"body":"x"}}""");
        Assert.Equal(("491", "DE.1"), (both.ContactId, Assert.Single(both.ContactAliases)));

        var scoped = Single("""{"from":"DE.1","id":"m","type":"text","text":{"body":"x"}}""");
        Assert.Equal("DE.1", scoped.ContactId);
        Assert.Empty(scoped.ContactAliases);
    }

    [Fact]
    public void A_changed_id_brings_old_and_new_as_aliases()
    {
        var changed = Single("""{"from":"491","id":"m","type":"system","system":{"type":"user_changed_user_id","previous_user_id":"DE.1","user_id":"DE.2"}}""");
        Assert.Equal(["DE.2", "DE.1"], changed.ContactAliases);

        var moved = Single("""{"from":"491","id":"m","type":"system","system":{"type":"user_changed_number","new_wa_id":"492"}}""");
        Assert.Equal(["492"], moved.ContactAliases);
    }

    [Fact]
    public void Our_reference_comes_back_with_a_status()
    {
        var item = Assert.Single(Adapter.Parse(Body("statuses", """{"id":"m","status":"sent","recipient_id":"491","biz_opaque_callback_data":"ref-1"}""")));
        Assert.Equal("ref-1", item.Event?.ClientReference);
    }

    [Theory]
    [InlineData(131047, SendReaction.UseTemplate)]
    [InlineData(131026, SendReaction.GiveUpContact)]
    [InlineData(131056, SendReaction.SlowDown)]
    [InlineData(987654, SendReaction.GiveUpContent)]
    public void A_failed_status_says_what_to_do(int code, SendReaction reaction)
    {
        var item = Assert.Single(Adapter.Parse(Body("statuses", $$$"""{"id":"m","status":"failed","recipient_id":"491","errors":[{"code":{{{code}}},"title":"t","error_data":{"details":"their words"}}]}""")));
        Assert.Equal(reaction, item.Event?.Error?.Reaction);
        Assert.EndsWith("WhatsApp says: their words", item.Event?.Error?.Message);
    }

    [Fact]
    public void A_failed_status_without_a_reason_still_has_words()
    {
        var item = Assert.Single(Adapter.Parse(Body("statuses", """{"id":"m","status":"failed","recipient_id":"491"}""")));
        Assert.NotEmpty(item.Event!.Error!.Message);
    }

    [Theory]
    [InlineData("""{"from":"491","type":"text","text":{"body":"no id"}}""")]
    [InlineData("""{"id":"bad","type":"text","text":{"body":"no sender"}}""")]
    [InlineData("""{"from":"491","id":"bad","type":"text"}""")]
    [InlineData("""{"from":"491","id":"bad","type":"image"}""")]
    [InlineData("""{"from":"491","id":"bad","type":"image","image":"text"}""")]
    [InlineData("""{"from":"491","id":"bad","type":"location","location":[]}""")]
    [InlineData("""{"from":"491","id":"bad","type":"reaction","reaction":{}}""")]
    [InlineData("""{"from":"491","id":"bad","type":"revoke"}""")]
    [InlineData("""{"from":"491","id":"bad","type":"text","text":{"\ud800":1,"x":2}}""")]
    [InlineData("17")]
    [InlineData("\"text\"")]
    [InlineData("null")]
    public void An_item_that_cannot_be_read_does_not_disturb_the_others(string bad)
    {
        var items = Adapter.Parse(Body("messages", $$$"""{"from":"491","id":"a","type":"text","text":{"body":"before"}},{{{bad}}},{"from":"491","id":"b","type":"text","text":{"body":"after"}}"""));

        Assert.Equal(["before", null, "after"], items.Select(i => i.Event?.Text));
        Assert.NotNull(items[1].Problem);
        Assert.Null(items[1].Event);
    }

    [Theory]
    [InlineData("id")]
    [InlineData("from")]
    [InlineData("context")]
    public void An_id_that_no_index_could_hold_is_a_problem_of_its_item(string which)
    {
        var id = new string('x', 3000);
        var bad = $$$"""{"from":"{{{(which == "from" ? id : "491")}}}","id":"{{{(which == "id" ? id : "bad")}}}","type":"text","text":{"body":"x"},"context":{"id":"{{{(which == "context" ? id : "c")}}}"}}""";
        var items = Adapter.Parse(Body("messages", bad + "," + """{"from":"491","id":"b","type":"text","text":{"body":"after"}}"""));
        Assert.NotNull(items[0].Problem);
        Assert.Equal("after", items[1].Event?.Text);
    }

    [Fact]
    public void A_long_name_is_cut_between_characters()
    {
        var body = Encoding.UTF8.GetString(Body("messages", """{"from":"491","id":"m","type":"text","text":{"body":"x"}}"""))
            .Replace("\"messages\":[", $"\"contacts\":[{{\"wa_id\":\"491\",\"profile\":{{\"name\":\"x{string.Concat(Enumerable.Repeat("👍", 5000))}\"}}}}],\"messages\":[", StringComparison.Ordinal);
        var name = Assert.Single(Adapter.Parse(Encoding.UTF8.GetBytes(body))).Event!.ContactName!;
        Assert.Equal("x" + string.Concat(Enumerable.Repeat("👍", 99)), name);
    }

    [Theory]
    [InlineData("messages", "1")]
    [InlineData("statuses", "{}")]
    public void A_body_with_far_too_many_items_is_a_format_error(string list, string item)
    {
        var body = Body(list, string.Join(',', Enumerable.Repeat(item, 100_000)));
        Assert.Throws<FormatException>(() => Adapter.Parse(body));
    }

    [Fact]
    public void A_body_with_far_too_many_changes_is_a_format_error()
    {
        var body = Encoding.UTF8.GetBytes($$"""{"object":"whatsapp_business_account","entry":[{{string.Join(',', Enumerable.Repeat("{}", 100_000))}}]}""");
        Assert.Throws<FormatException>(() => Adapter.Split(body));
        Assert.Throws<FormatException>(() => Adapter.Parse(body));
    }

    [Fact]
    public void The_item_itself_is_kept_for_the_quarantine()
    {
        var item = Assert.Single(Adapter.Parse(Body("messages", """{"id":"bad","type":"text","text":{"body":"who?"}}""")));
        Assert.Equal("who?", (string?)item.Raw?["text"]?["body"]);
    }

    [Fact]
    public void Numbers_that_no_column_can_hold_become_text()
    {
        var e = Single("""{"from":"491","id":"m","type":"order","order":{"catalog_id":9007199254740993,"product_items":[{"quantity":1e999999,"item_price":12.30}]}}""");
        Assert.Equal("""[{"quantity":"1e999999","item_price":12.30}]""", e.Extra["order_items"]?.ToJsonString());
        Assert.Equal("9007199254740993", (string?)e.Extra["order"]?["catalog_id"]);
    }

    [Fact]
    public void A_body_of_another_topic_is_a_format_error()
    {
        Assert.Throws<FormatException>(() => Adapter.Split("""{"object":"user","entry":[]}"""u8.ToArray()));
        Assert.Throws<FormatException>(() => Adapter.Split("""{"object":"whatsapp_business_account"}"""u8.ToArray()));
        Assert.Throws<FormatException>(() => Adapter.Split("""{"object":"whatsapp_business_account","entry":{}}"""u8.ToArray()));
    }

    [Fact]
    public void An_entry_that_names_no_account_is_kept_apart()
    {
        var slices = Adapter.Split("""{"object":"whatsapp_business_account","entry":[{"changes":[{"field":"x","value":{}}]},7,{"id":"800","changes":[{"field":"x","value":{}}]}]}"""u8.ToArray());

        Assert.Equal([("unknown", 2), ("800", 1)], slices.Select(s => (s.AccountId, s.Items)));
        Assert.Equal(2, Adapter.Parse(slices[0].Body).Count);
    }

    [Fact]
    public void A_slice_holds_no_byte_of_another_account()
    {
        var body = """
            {"object":"whatsapp_business_account","entry":[{"id":"8","changes":[
              {"field":"messages","value":{"metadata":{"phone_number_id":"71"},"messages":[{"from":"1","id":"a","type":"text","text":{"body":"secret of one \u00e4"}}]}},
              {"field":"messages","value":{"metadata":{"phone_number_id":"72"},"messages":[{"from":"2","id":"b","type":"text","text":{"body":"secret of two"}}]}}]}]}
            """;
        var slices = Adapter.Split(Encoding.UTF8.GetBytes(body));

        Assert.Equal(["71", "72"], slices.Select(s => s.AccountId));
        Assert.Contains(@"secret of one \u00e4", Encoding.UTF8.GetString(slices[0].Body.Span), StringComparison.Ordinal);
        Assert.DoesNotContain("secret of two", Encoding.UTF8.GetString(slices[0].Body.Span), StringComparison.Ordinal);
        Assert.DoesNotContain("secret of one", Encoding.UTF8.GetString(slices[1].Body.Span), StringComparison.Ordinal);
    }

    protected override byte[] TextDelivery(string accountId, string messageId, string textJson, string timeJson = "1790000000000") =>
        Body("messages", $$$"""{"from":"4915100000011","id":"{{{messageId}}}","timestamp":{{{timeJson}}},"type":"text","text":{"body":"{{{textJson}}}"}}""", accountId);

    protected override byte[] UnknownDelivery(string accountId, string messageId) =>
        Body("messages", $$$"""{"from":"4915100000011","id":"{{{messageId}}}","timestamp":"1790000000","type":"hologram","hologram":{"id":"1"}}""", accountId);

    private static byte[] Body(string list, string items, string accountId = "100") => Encoding.UTF8.GetBytes(
        $$$"""{"object":"whatsapp_business_account","entry":[{"id":"1","changes":[{"value":{"metadata":{"phone_number_id":"{{{accountId}}}"},"{{{list}}}":[{{{items}}}]},"field":"messages"}]}]}""");

    private InboundEvent Single(string message) => Assert.Single(Adapter.Parse(Body("messages", message))).Event!;
}
