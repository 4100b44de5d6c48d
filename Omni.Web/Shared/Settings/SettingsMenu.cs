using Omni.Core.Identity;
using Omni.Core.Tenancy;

namespace Omni.Web.Shared.Settings;

/// <summary>One page of the settings.</summary>
/// <param name="Href">Its address.</param>
/// <param name="Icon">Icon of the sprite.</param>
/// <param name="Title">Its name.</param>
/// <param name="About">What can be done there.</param>
public sealed record SettingsEntry(string Href, string Icon, string Title, string About);

/// <summary>Pages that belong together.</summary>
/// <param name="Title">What they are about.</param>
/// <param name="Entries">The pages.</param>
public sealed record SettingsGroup(string Title, IReadOnlyList<SettingsEntry> Entries);

/// <summary>Which pages of the settings a person sees.</summary>
public static class SettingsMenu
{
    private static readonly SettingsGroup You = new("You",
    [
        new("/settings/profile", "user", "Profile", "Name, password, second factor"),
        new("/settings/preferences", "star", "Preferences", "Theme, density, keys"),
        new("/settings/notifications", "bell", "Notifications", "Bell, sound, push, e-mail, quiet hours"),
        new("/settings/sessions", "key", "Sessions and tokens", "Where you are signed in, API tokens"),
    ]);

    private static readonly SettingsEntry Team = new("/settings/team", "people", "Team", "Members, roles, invitations");

    private static readonly SettingsGroup ForOwners = new("Try out", [new("/sandbox", "phone", "Sandbox", "Write as a customer of a pretend platform")]);

    private static readonly SettingsGroup ForAdministrators = new("Organization",
    [
        new("/settings/channels", "plug", "Channels", "Connected accounts and how they are doing"),
        Team,
        new("/settings/organization", "shield", "Organization", "Name, time zone, logo, colour"),
        new("/settings/webhooks", "download", "Webhook events", "What platforms delivered, replay"),
        new("/settings/first-steps", "info", "First steps", "What is left to set up"),
    ]);

    private static readonly SettingsGroup ForMembers = new("Organization", [new("/settings/channels", "plug", "Channels", "Connected accounts and how they are doing"), Team]);

    /// <summary>The pages for a person, by group.</summary>
    /// <param name="actor">The person.</param>
    /// <param name="mayPlay">True when the sandbox is open to them.</param>
    public static IReadOnlyList<SettingsGroup> For(Actor actor, bool mayPlay = false)
    {
        ArgumentNullException.ThrowIfNull(actor);
        var first = actor.Is(MemberRole.Admin) || actor.IsInstallationAdministrator ? ForAdministrators : ForMembers;
        return mayPlay ? [first, You, ForOwners] : [first, You];
    }
}
