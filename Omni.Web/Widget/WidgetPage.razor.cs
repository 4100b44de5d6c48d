using Microsoft.AspNetCore.Components;
using Omni.Core.Channels;
using Omni.Core.Common;
using Omni.Core.Identity;
using Omni.Core.Tenancy;
using Omni.Core.Widget;
using Omni.Web.Shared;

namespace Omni.Web.Widget;

/// <summary>Everything about one website chat: the snippet, looks, words, forms, hours, sites, identity.</summary>
public sealed partial class WidgetPage(ChannelService service, WidgetChannels chats, WidgetSightings sightings, WidgetSites sites, IPublicAddress address, Workspace workspace, TimeProvider clock)
{
    private static readonly (WidgetReplyTime Time, string Words)[] ReplyTimes =
        [(WidgetReplyTime.Minutes, "A few minutes"), (WidgetReplyTime.Hours, "A few hours"), (WidgetReplyTime.Day, "A day")];

    private ConnectedChannel? _channel;
    private WidgetForm? _form;
    private string? _name;
    private string? _secret;
    private string? _lastFour;
    private string _zone = "UTC";
    private bool _isDirty;
    private WidgetSighting? _seen;
    private DateTimeOffset _now;

    [CascadingParameter] private Reader Reader { get; set; } = Reader.In(null);

    /// <summary>The channel.</summary>
    [Parameter] public Guid Id { get; set; }

    private string Address => address.Of("/").TrimEnd('/');

    /// <inheritdoc/>
    protected override async Task<Refusal?> LoadAsync(Actor actor)
    {
        if (!actor.Is(MemberRole.Admin))
        {
            return new Refusal.Forbidden();
        }

        if (!(await service.GetAsync(actor, Id, CancellationToken.None)).Succeeded(out var channel, out var refusal))
        {
            return refusal;
        }

        if (channel.Kind != ChannelKind.Widget)
        {
            return new Refusal.NotFound("The website chat");
        }

        Take(channel);
        _zone = (await sites.FindAsync(channel.ExternalAccountId, CancellationToken.None))?.TimeZone ?? _zone;
        (_seen, _now) = (await sightings.FindAsync(actor, Id, CancellationToken.None), clock.GetUtcNow());
        return null;
    }

    private static string Text(ChangeEventArgs e) => (string?)e.Value ?? "";

    private static bool On(ChangeEventArgs e) => e.Value is true;

    private void Take(ConnectedChannel channel)
    {
        (_channel, _name, _isDirty) = (channel, channel.Name, false);
        _form = WidgetForm.Of(WidgetSettings.Stored(channel.Settings.ToJsonString()));
        _lastFour = channel.Credentials?[CredentialNames.IdentitySecret]?["lastFour"]?.ToString();
    }

    private void Change(Func<WidgetSettings, WidgetSettings> change)
    {
        _form!.Settings = change(_form.Settings);
        _isDirty = true;
    }

    private async Task SaveAsync()
    {
        ConnectedChannel? saved = null;
        var settings = _form!.Read().ToJson();
        var isDone = await DoAsync(
            async actor =>
            {
                var result = await service.UpdateAsync(actor, Id, new ChannelPatch(_name ?? "", Settings: settings), CancellationToken.None);
                saved = result.Refusal is null ? result.Value : null;
                return result;
            },
            "Saved. Pages that are open show it when they load again.");
        if (isDone && saved is not null)
        {
            Take(saved);
            await workspace.RefreshDirectoryAsync();
        }
    }

    private Task<bool> RotateAsync() => DoAsync(
        async actor =>
        {
            var result = await chats.NewSecretAsync(actor, Id, CancellationToken.None);
            _secret = result.Refusal is null ? result.Value : _secret;
            return result;
        });
}
