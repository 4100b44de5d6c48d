using Bunit;
using Microsoft.AspNetCore.Components;
using Omni.Core.Channels;
using Omni.Core.Common;
using Omni.Web.Channels;
using Omni.Web.Shared.Settings;

namespace Omni.Tests.Channels.Pages;

public sealed class ChannelEditorTests : IDisposable
{
    private readonly BunitContext _page = new();
    private readonly FormErrors _errors = new();
    private ChannelEdit? _saved;

    public void Dispose() => _page.Dispose();

    [Fact]
    public void What_is_entered_is_handed_over_under_the_names_of_the_contract()
    {
        var form = Show(null);

        form.Find("[name=phoneNumberId]").Change("111");
        form.Find("[name=accessToken]").Change("secret");
        form.Find("form").Submit();

        Assert.Equal((ChannelKind.WhatsApp, "111", "secret"), (_saved!.Kind, _saved.Credentials["phoneNumberId"], _saved.Credentials["accessToken"]));
    }

    [Fact]
    public void A_wrong_input_is_marked_and_said_beside_it()
    {
        _errors.Take(new Refusal.Invalid("accessToken", "The token was revoked."));

        var form = Show(null);
        var input = form.Find("[name=accessToken]");

        Assert.Equal("true", input.GetAttribute("aria-invalid"));
        Assert.Contains("The token was revoked.", form.Find($"#{input.GetAttribute("aria-describedby")}").TextContent, StringComparison.Ordinal);
        Assert.Null(form.Find("[name=phoneNumberId]").GetAttribute("aria-invalid"));
    }

    [Fact]
    public void A_connected_channels_secrets_are_not_filled_in_and_stay_when_left_empty()
    {
        var form = Show(Connected());

        Assert.Equal("", form.Find("[name=accessToken]").GetAttribute("value") ?? "");
        Assert.Contains("ending in abcd", form.Markup, StringComparison.Ordinal);
        Assert.True(form.Find("[name=phoneNumberId]").HasAttribute("disabled"));

        form.Find("[name=name]").Change("Front desk");
        form.Find("form").Submit();

        Assert.Equal("Front desk", _saved!.Name);
        Assert.Empty(_saved.Credentials);
    }

    private static ConnectedChannel Connected() => new()
    {
        Id = OmniId.New(),
        Kind = ChannelKind.WhatsApp,
        Name = "Support line",
        DisplayName = "+47 21 00 00 12",
        Status = ChannelStatus.NeedsReauth,
        ExternalAccountId = "111",
        Credentials = new() { ["accessToken"] = new System.Text.Json.Nodes.JsonObject { ["set"] = true, ["lastFour"] = "abcd" } },
        Health = new ChannelHealth(ChannelStatus.NeedsReauth, null, null, null, null, ChannelFigures.None(Guid.Empty), null),
        CreatedAt = DateTimeOffset.UnixEpoch,
    };

    private IRenderedComponent<ChannelEditor> Show(ConnectedChannel? channel) => _page.Render<ChannelEditor>(p => p
        .Add(e => e.Channel, channel).Add(e => e.Errors, _errors).Add(e => e.OnSave, EventCallback.Factory.Create<ChannelEdit>(this, edit => _saved = edit)));
}
