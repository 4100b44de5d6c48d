using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;
using Omni.Core.Common;
using Omni.Core.Identity;
using Omni.Core.Notifications;
using Omni.Web.Shared;

namespace Omni.Web.Notifications;

/// <summary>How the person is told: ways by event, quiet hours, hidden content, letters, and pushes on this device.</summary>
public sealed partial class NotificationsPage(UserService users, INotifications notifications, IMailer mailer, IJSRuntime script)
{
    private NotificationSettings? _settings;
    private bool _quiet;
    private string? _from;
    private string? _to;
    private string? _zone;

    [CascadingParameter] private Reader Reader { get; set; } = default!;

    private bool HasMail => mailer.IsConfigured;

    /// <inheritdoc/>
    protected override async Task<Refusal?> LoadAsync(Actor actor)
    {
        if (!(await SessionAsync()).Succeeded(out var me, out var refusal) || !(await users.MeAsync(me, CancellationToken.None)).Succeeded(out var user, out refusal))
        {
            return refusal;
        }

        _settings = NotificationSettings.Of(UserService.SettingsOf(user));
        _quiet = _settings.QuietHours is not null;
        _from = (_settings.QuietHours?.From ?? new TimeOnly(20, 0)).ToString("HH:mm", CultureInfo.InvariantCulture);
        _to = (_settings.QuietHours?.To ?? new TimeOnly(7, 0)).ToString("HH:mm", CultureInfo.InvariantCulture);
        _zone = _settings.QuietHours?.Zone ?? _settings.Zone ?? Reader.Zone.Id;
        return null;
    }

    /// <inheritdoc/>
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (firstRender)
        {
            await script.InvokeAsync<IJSObjectReference>("import", "/js/push.js");
        }
    }

    private static bool On(ChangeEventArgs change) => change.Value is true;

    private static string Name(NotificationKind kind) => kind switch
    {
        NotificationKind.Assigned => "Assigned to me",
        NotificationKind.Message => "New message",
        NotificationKind.Unassigned => "New conversation",
        NotificationKind.Mention => "Mention",
        NotificationKind.Channel => "Channel trouble",
        _ => "Failed send",
    };

    private static string About(NotificationKind kind) => kind switch
    {
        NotificationKind.Assigned => "Somebody gave you a conversation",
        NotificationKind.Message => "In a conversation of yours",
        NotificationKind.Unassigned => "That nobody has yet",
        NotificationKind.Mention => "A colleague named you in a note",
        NotificationKind.Channel => "For owners and administrators",
        _ => "A message of yours did not go out",
    };

    private void Choose(NotificationKind kind, NotificationWays ways) => _settings = _settings!.With(kind, ways);

    private async Task SaveAsync()
    {
        var from = TimeOnly.TryParse(_from, CultureInfo.InvariantCulture, out var begin);
        var to = TimeOnly.TryParse(_to, CultureInfo.InvariantCulture, out var end);
        var settings = _settings! with
        {
            QuietHours = _quiet ? new QuietHours(begin, end, _zone?.Trim() ?? "") : null,
            Zone = Reader.Zone.Id,
        };
        await DoForSessionAsync<JsonObject>(
            async me => _quiet && !from ? new Refusal.Invalid("notifications.quietHours.from", "A time such as 22:00 is expected.")
                : _quiet && !to ? new Refusal.Invalid("notifications.quietHours.to", "A time such as 07:00 is expected.")
                : await users.ChangeSettingsAsync(me, new JsonObject { [NotificationSettings.Member] = settings.ToJson() }, CancellationToken.None),
            "Saved.");
    }

    private async Task TestAsync()
    {
        var devices = 0;
        if (await DoAsync(async actor =>
        {
            var sent = await notifications.TestAsync(actor, CancellationToken.None);
            devices = sent.Succeeded(out var count, out _) ? count : 0;
            return sent;
        }))
        {
            Say(devices switch
            {
                0 => "The test is in the bell. No device of yours takes pushes yet.",
                1 => "The test is in the bell and on its way to one device.",
                _ => $"The test is in the bell and on its way to {devices} devices.",
            });
        }
    }
}
