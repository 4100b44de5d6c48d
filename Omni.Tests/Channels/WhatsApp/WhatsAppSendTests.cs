using System.Text.Json.Nodes;
using Omni.Core.Channels;
using Omni.Core.Common;
using Omni.Infrastructure.Channels.Simulator;
using Omni.Infrastructure.Channels.WhatsApp;

namespace Omni.Tests.Channels.WhatsApp;

public sealed class WhatsAppSendTests
{
    [Fact]
    public async Task A_text_arrives_once_with_our_reference()
    {
        await using var rig = await WhatsAppRig.StartAsync();
        var message = WhatsAppRig.Text("grüße 👍 https://a.example") with { ReplyTo = "wamid.q" };

        var accepted = Assert.IsType<SendOutcome.Accepted>(await rig.SendAsync(message));

        var sent = Assert.Single(rig.Simulator.Ledger.Sends);
        Assert.Equal((accepted.ExternalId, message.Id.ToString("N"), WhatsAppRig.Person, message.Text), (sent.MessageId, sent.ClientReference, sent.Recipient, sent.Text));
    }

    [Fact]
    public async Task States_come_back_signed_and_name_our_message()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var rig = await WhatsAppRig.StartAsync();
        rig.Account.WebhookUrl = receiver.Url;
        var message = WhatsAppRig.Text();
        await rig.SendAsync(message);

        var deliveries = await receiver.WaitAsync(3);

        Assert.All(deliveries, d => Assert.True(rig.Channel.IsAuthentic(d, WhatsAppRig.Secret)));
        var events = deliveries.SelectMany(d => rig.Channel.Parse(d.Body)).Select(i => i.Event!).ToList();
        Assert.Equal(["sent", "delivered", "read"], events.Select(e => e.Status));
        Assert.All(events, e => Assert.Equal(message.Id.ToString("N"), e.ClientReference));
    }

    [Theory]
    [InlineData("image", "image/png", "bild.png", "ein Bild")]
    [InlineData("video", "video/mp4", "film.mp4", null)]
    [InlineData("audio", "audio/ogg", "ton.ogg", null)]
    [InlineData("file", "application/pdf", "Rechnung Nr. 7 – Größe.pdf", "anbei")]
    [InlineData("sticker", "image/webp", "klebe.webp", null)]
    public async Task A_file_is_uploaded_and_sent(string type, string mime, string name, string? caption)
    {
        await using var rig = await WhatsAppRig.StartAsync();

        Assert.IsType<SendOutcome.Accepted>(await rig.SendAsync(WhatsAppRig.WithFile(type, mime, name, caption)));

        var sent = Assert.Single(rig.Simulator.Ledger.Sends);
        Assert.Equal((type == "file" ? "document" : type, caption), (sent.Type, sent.Text));
    }

    [Fact]
    public async Task A_failing_upload_is_repeated_safely()
    {
        await using var rig = await WhatsAppRig.StartAsync();
        var message = WhatsAppRig.WithFile("image", "image/png", "bild.png");
        var broken = message with { Media = message.Media! with { OpenAsync = _ => throw new IOException("away") } };
        var cut = message with { Media = message.Media! with { Size = 999 } }; // the stream ends early: the upload breaks off

        Assert.IsType<SendOutcome.Retry>(await rig.SendAsync(broken));
        Assert.IsType<SendOutcome.Retry>(await rig.SendAsync(cut));
        Assert.IsType<SendOutcome.Accepted>(await rig.SendAsync(message));
        Assert.Single(rig.Simulator.Ledger.Sends);
    }

    [Fact]
    public async Task A_person_without_a_number_is_reached_by_user_id_and_a_number_goes_first()
    {
        await using var rig = await WhatsAppRig.StartAsync();
        await rig.SendAsync(WhatsAppRig.Text() with { Recipients = ["DE.555"] });
        await rig.SendAsync(WhatsAppRig.Text() with { Recipients = ["DE.555", WhatsAppRig.Person] });
        Assert.Equal(["DE.555", WhatsAppRig.Person], rig.Simulator.Ledger.Sends.Select(s => s.Recipient));
    }

    [Fact]
    public async Task Reactions_are_set_and_taken_back()
    {
        await using var rig = await WhatsAppRig.StartAsync();
        var reaction = new OutboundMessage { Id = OmniId.New(), Recipients = [WhatsAppRig.Person], Type = "reaction", ReplyTo = "wamid.q", Emoji = "🎉" };
        Assert.IsType<SendOutcome.Accepted>(await rig.SendAsync(reaction));
        Assert.IsType<SendOutcome.Accepted>(await rig.SendAsync(reaction with { Emoji = "" }));
        Assert.Equal(["🎉", null], rig.Simulator.Ledger.Sends.Select(s => s.Text));
    }

    [Fact]
    public async Task Every_kind_of_place_of_a_template_is_written_in_the_platforms_form()
    {
        JsonNode? seen = null;
        await using var server = await LocalServer.StartAsync(async http => seen = await JsonNode.ParseAsync(http.Request.Body));
        await using var services = WhatsAppRig.Services(server.Url);
        var message = WhatsAppRig.Text() with
        {
            Type = "template",
            Template = new TemplateUse("order", "de", new Dictionary<string, IReadOnlyList<string>>
            {
                ["header"] = ["Kopf"],
                ["body"] = ["eins", "zwei"],
                ["button.0"] = ["ende"],
                ["button.1.quick_reply"] = ["ja"],
                ["button.2.copy_code"] = ["RABATT"],
            }),
        };
        var channel = (IChannelAdapter)services.GetService(typeof(WhatsAppChannel))!;

        await channel.SendAsync(message, WhatsAppRig.AccessWith("t"), CancellationToken.None);

        var expected = """
            {"name":"order","language":{"code":"de"},"components":[
              {"type":"header","parameters":[{"type":"text","text":"Kopf"}]},
              {"type":"body","parameters":[{"type":"text","text":"eins"},{"type":"text","text":"zwei"}]},
              {"type":"button","sub_type":"url","index":0,"parameters":[{"type":"text","text":"ende"}]},
              {"type":"button","sub_type":"quick_reply","index":1,"parameters":[{"type":"payload","payload":"ja"}]},
              {"type":"button","sub_type":"copy_code","index":2,"parameters":[{"type":"coupon_code","coupon_code":"RABATT"}]}]}
            """;
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), seen?["template"]), seen?.ToJsonString());
        Assert.Equal(message.Id.ToString("N"), (string?)seen?["biz_opaque_callback_data"]);
    }

    [Fact]
    public async Task A_template_is_filled_in_with_named_places_and_a_file_as_header()
    {
        await using var rig = await WhatsAppRig.StartAsync(a => a with { Templates = [WhatsAppRig.Template("1", "pickup", "Hallo {{name}}, Fach {{box}}")] });
        var message = WhatsAppRig.WithFile("image", "image/png", "kopf.png") with
        {
            Type = "template",
            Template = new TemplateUse("pickup", "de", new Dictionary<string, IReadOnlyList<string>> { ["body.name"] = ["Mira"], ["body.box"] = ["7"] }),
        };

        Assert.IsType<SendOutcome.Accepted>(await rig.SendAsync(message));
        var wrong = message with { Template = message.Template! with { Parameters = new Dictionary<string, IReadOnlyList<string>>() } };
        Assert.Equal("132000", Assert.IsType<SendOutcome.Rejected>(await rig.SendAsync(wrong)).Error.Code);
        var unknown = message with { Template = message.Template! with { Language = "fr" } };
        Assert.Equal("132001", Assert.IsType<SendOutcome.Rejected>(await rig.SendAsync(unknown)).Error.Code);
        Assert.Single(rig.Simulator.Ledger.Sends);
    }

    [Theory]
    [InlineData("""{"type":"buttons","buttons":[{"id":"y","title":"Ja"},{"id":"n","title":"Nein"}],"footer":"unten"}""")]
    [InlineData("""{"type":"list","button":"Öffnen","sections":[{"title":"S","rows":[{"id":"1","title":"Eins","description":"d"}]}]}""")]
    [InlineData("""{"type":"cta_url","action":{"name":"cta_url","parameters":{"display_text":"Los","url":"https://a.example"}}}""")]
    public async Task Buttons_lists_and_native_content_are_accepted(string content)
    {
        await using var rig = await WhatsAppRig.StartAsync();
        var message = WhatsAppRig.Text("Bitte wählen") with { Type = "interactive", Interactive = JsonNode.Parse(content)!.AsObject() };

        Assert.IsType<SendOutcome.Accepted>(await rig.SendAsync(message));
        Assert.Equal("Bitte wählen", Assert.Single(rig.Simulator.Ledger.Sends).Text);
    }

    [Fact]
    public async Task What_the_platform_would_refuse_is_refused_in_words_before_anything_is_sent()
    {
        await using var rig = await WhatsAppRig.StartAsync();
        OutboundMessage[] messages =
        [
            WhatsAppRig.Text(new string('x', 4097)),
            WhatsAppRig.Text(""),
            WhatsAppRig.Text() with { Recipients = [] },
            WhatsAppRig.Text() with { Type = "image" },
            WhatsAppRig.Text() with { Type = "template" },
            WhatsAppRig.Text() with { Type = "interactive" },
            WhatsAppRig.Text() with { Type = "reaction" },
            WhatsAppRig.Text() with { Type = "poll" },
            WhatsAppRig.WithFile("audio", "audio/ogg", "ton.ogg", "Worte"),
            WhatsAppRig.WithFile("image", "image/png", "b.png", new string('x', 1025)),
        ];
        foreach (var message in messages)
        {
            Assert.Equal(SendReaction.GiveUpContent, Assert.IsType<SendOutcome.Rejected>(await rig.SendAsync(message)).Error.Reaction);
        }

        Assert.IsType<SendOutcome.Accepted>(await rig.SendAsync(WhatsAppRig.Text(new string('x', 4096))));
        Assert.Single(rig.Simulator.Ledger.Sends);
    }

    [Fact]
    public async Task Read_and_typing_reach_the_platform()
    {
        await using var rig = await WhatsAppRig.StartAsync();
        var read = await rig.Channel.SignalAsync(new OutboundSignal(SignalKind.Read, [WhatsAppRig.Person], "wamid.a"), rig.Access, CancellationToken.None);
        var typing = await rig.Channel.SignalAsync(new OutboundSignal(SignalKind.Typing, [WhatsAppRig.Person], "wamid.b"), rig.Access, CancellationToken.None);

        Assert.Null(read.Refusal);
        Assert.Null(typing.Refusal);
        Assert.Equal([("wamid.a", false), ("wamid.b", true)], rig.Simulator.Ledger.Signals.Select(s => (s.MessageId, s.Typing)));
    }

    [Fact]
    public async Task A_sign_that_fails_is_a_refusal()
    {
        await using var rig = await WhatsAppRig.StartAsync();
        var signal = new OutboundSignal(SignalKind.Read, [WhatsAppRig.Person], "wamid.a");
        Assert.IsType<Refusal.Invalid>((await rig.Channel.SignalAsync(signal with { LastExternalId = null }, rig.Access, CancellationToken.None)).Refusal);
        rig.Account.Behaviour = new SimulatedBehaviour { TokenExpired = true };
        Assert.IsType<Refusal.Forbidden>((await rig.Channel.SignalAsync(signal, rig.Access, CancellationToken.None)).Refusal);
    }
}
