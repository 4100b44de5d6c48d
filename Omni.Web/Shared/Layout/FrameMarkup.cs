using System.Collections.Concurrent;
using Omni.Core.Common;
using Omni.Core.Tenancy;
using Omni.Web.Inbox;
using Omni.Web.Shared.Ui;

namespace Omni.Web.Shared.Layout;

/// <summary>The parts of the frame around every page that are the same for everybody, or nearly: one text each for all circuits.</summary>
internal static class FrameMarkup
{
    private static readonly ConcurrentDictionary<(string Here, bool MayPlay), Html> Rails = new();
    private static readonly ConcurrentDictionary<Availability, Html> Availabilities = new();

    /// <summary>Opens the palette.</summary>
    internal static Html Search { get; } = Html.Of(
        $"""<button class="top__search" type="button" data-open="palette">{Draw.Icon("search")}<span>Search or run a command</span><kbd class="kbd">Ctrl</kbd><kbd class="kbd">K</kbd></button>""");

    /// <summary>Opens the sheet of keys.</summary>
    internal static Html Keys { get; } = Html.Of($"""<button class="btn btn--quiet btn--icon" type="button" data-open="keys" aria-label="Keyboard shortcuts">{Draw.Icon("keyboard")}</button>""");

    /// <summary>What everybody finds in the menu about themselves.</summary>
    internal static Html Me { get; } = Mine(isAdmin: false);

    /// <summary>The same for those who set things up.</summary>
    internal static Html MeAdmin { get; } = Mine(isAdmin: true);

    /// <summary>The buttons of the phone's bar after the inbox.</summary>
    internal static Html Bottom { get; } = Html.Of($"""
        <button type="button" data-open="palette">{Draw.Icon("search")}Search</button>
        <button type="button" popovertarget="alerts" data-bell>{Draw.Icon("bell")}<span>Alerts</span></button>
        <button type="button" popovertarget="me">{Draw.Icon("user")}Me</button>
        """);

    /// <summary>The links at the side.</summary>
    /// <param name="here">First part of the page's address, such as inbox.</param>
    /// <param name="mayPlay">True when the sandbox is open to the person.</param>
    internal static Html Rail(string here, bool mayPlay) => Rails.GetOrAdd((here is "inbox" or "sandbox" or "settings" ? here : "", mayPlay), static look => Html.Of(
        $"""{Link("inbox", "Inbox", "inbox", look.Here)}<span class="rail__gap"></span>{(look.MayPlay ? Link("sandbox", "Sandbox", "phone", look.Here) : default)}{Link("settings", "Settings", "gear", look.Here)}"""));

    /// <summary>What to choose from.</summary>
    internal static Html Choices(Availability chosen) => Availabilities.GetOrAdd(chosen, static chosen => Html.Join(Enum.GetValues<Availability>().Select(choice => Html.Of(
        $"""<button class="menu__item" role="menuitemradio" type="button" aria-checked="{(choice == chosen ? "true" : "false")}" popovertarget="availability" popovertargetaction="hide" data-act="{Acts.Availability}" data-value="{choice.ToString()}"><i class="dot dot--{Tone(choice)}"></i>{choice.ToString()}<small>{Meaning(choice)}</small></button>"""))));

    /// <summary>Colour of an availability.</summary>
    internal static string Tone(Availability availability) => availability switch
    {
        Availability.Available => "ok",
        Availability.Busy => "warn",
        _ => "off",
    };

    private static string Meaning(Availability availability) => availability switch
    {
        Availability.Available => "takes conversations",
        Availability.Busy => "here, takes no new ones",
        _ => "not here",
    };

    private static Html Link(string page, string name, string icon, string here) => Html.Of(
        $"""<a href="/{page}" aria-label="{name}" title="{name}" {(page == here ? Html.Of($"""class="active" aria-current="page" """) : default)}>{Draw.Icon(icon)}</a>""");

    private static Html Mine(bool isAdmin) => Html.Of($"""
        <div class="menu__row"><span>Theme</span><span class="segment" role="group" aria-label="Theme"><button type="button" data-theme-choice="light">Light</button><button type="button" data-theme-choice="dark">Dark</button><button type="button" data-theme-choice="auto">Auto</button></span></div>
        <div class="menu__row"><span>List</span><span class="segment" role="group" aria-label="Density of the list"><button type="button" data-density-choice="normal">Roomy</button><button type="button" data-density-choice="dense">Dense</button></span></div>
        <a class="menu__item" role="menuitem" href="/settings/preferences">{Draw.Icon("star")}Preferences</a>
        <a class="menu__item" role="menuitem" href="/settings/profile">{Draw.Icon("gear")}Profile and security</a>
        {(isAdmin ? Html.Of($"""<a class="menu__item" role="menuitem" href="/settings/first-steps">{Draw.Icon("info")}First steps</a>""") : default)}
        <a class="menu__item" role="menuitem" href="/organizations" data-enhance-nav="false">{Draw.Icon("globe")}Organizations</a>
        <button class="menu__item" role="menuitem" type="button" data-sign-out>{Draw.Icon("lock")}Sign out</button>
        """);
}
