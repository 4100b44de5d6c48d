using System.Collections.Concurrent;
using System.Globalization;
using Omni.Core.Common;
using Omni.Core.Inbox;
using Omni.Core.Tenancy;
using Omni.Web.Shared;
using Omni.Web.Shared.Ui;

namespace Omni.Web.Inbox.Drawing;

/// <summary>Menus as one piece of markup each; their items say what they do (<see cref="Acts"/>).</summary>
internal static class MenuMarkup
{
    private const int MostSnoozes = 64; // two menus in each zone that somebody works in

    private static readonly TimeSpan SnoozeLasts = TimeSpan.FromMinutes(5);
    private static readonly DrawnOnce<IReadOnlyList<MemberView>, (string Id, Guid Viewer)> Assigns = new();
    private static readonly ConcurrentDictionary<(string Id, string Zone), (DateTimeOffset At, Html Menu)> Snoozes = new();
    private static readonly ConcurrentDictionary<ConversationPriority, Html> Priorities = new();

    /// <summary>Whom a conversation is given to.</summary>
    /// <param name="id">Id of the menu, for the button that opens it.</param>
    /// <param name="workspace">Who can be chosen.</param>
    internal static Html Assign(string id, Workspace workspace) =>
        Assigns.Of(workspace.Directory.Members, (id, workspace.Actor.UserId), 0, static (members, look, _) => Assign(look.Id, look.Viewer, members));

    /// <summary>Until when a conversation rests, in the reader's own time. Stays as it is for some minutes, so that nothing moves under somebody's hands.</summary>
    internal static Html Snooze(string id, Reader reader, DateTimeOffset now)
    {
        if (Snoozes.TryGetValue((id, reader.Zone.Id), out var known) && now - known.At < SnoozeLasts && now >= known.At)
        {
            return known.Menu;
        }

        if (Snoozes.Count >= MostSnoozes)
        {
            Snoozes.Clear();
        }

        return (Snoozes[(id, reader.Zone.Id)] = (now, DrawSnooze(id, reader, now))).Menu;
    }

    private static Html DrawSnooze(string id, Reader reader, DateTimeOffset now)
    {
        var presets = SnoozePresets.For(reader, now).Select(p => Item(id, Acts.Snooze, p.At.UtcDateTime.ToString("O", CultureInfo.InvariantCulture), Html.Of($"""{Draw.Icon("moon")}{p.Name}<span class="end">{reader.Soon(p.At, now)}</span>""")));
        return Menu(id, "Snooze until", Html.Of($"""
            {Html.Join(presets)}<form class="menu__row" data-act="{Acts.SnoozeUntil}">
            <label class="vh" for="{id}-at">Until</label>
            <input class="input" type="datetime-local" id="{id}-at" required min="{reader.Local(now).ToString("yyyy-MM-ddTHH:mm", CultureInfo.InvariantCulture)}">
            <button class="btn btn--small" type="submit" popovertarget="{id}" popovertargetaction="hide">Snooze</button>
            </form>
            """));
    }

    /// <summary>How urgent a conversation is.</summary>
    internal static Html Priority(ConversationPriority chosen) => Priorities.GetOrAdd(chosen, static chosen => Menu("priority", "Priority", Html.Join(Enum.GetValues<ConversationPriority>().Reverse().Select(priority => Html.Of(
        $"""<button class="menu__item" role="menuitemradio" type="button" aria-checked="{(priority == chosen ? "true" : "false")}" popovertarget="priority" popovertargetaction="hide" data-act="{Acts.Priority}" data-value="{priority.ToString()}"><span class="priority--{Names.Of(priority)}">{Draw.Icon("signal")}</span>{priority.ToString()}</button>""")))));

    /// <summary>Ways to be done for now that are not Resolve.</summary>
    internal static Html Resolve { get; } = Menu("resolve", "More ways to resolve", Html.Join(
    [
        Item("resolve", Acts.Status, nameof(ConversationStatus.Pending), Html.Of($"{Draw.Icon("clock")}Wait for the customer")),
        Item("resolve", Acts.Status, nameof(ConversationStatus.Spam), Html.Of($"{Draw.Icon("shield")}Spam")),
    ]));

    /// <summary>A menu.</summary>
    internal static Html Menu(string id, string name, Html items) => Html.Of($"""<div class="menu" id="{id}" popover role="menu" aria-label="{name}">{items}</div>""");

    /// <summary>An item that closes its menu and does something.</summary>
    internal static Html Item(string menu, string act, string value, Html content) => Html.Of(
        $"""<button class="menu__item" role="menuitem" type="button" popovertarget="{menu}" popovertargetaction="hide" data-act="{act}" data-value="{value}">{content}</button>""");

    private static Html Assign(string id, Guid viewer, IReadOnlyList<MemberView> members) => Menu(id, "Assign to", Html.Join(
    [
        Item(id, Acts.Assign, viewer.ToString(), Html.Of($"""{Draw.Icon("user")}Me<span class="end"><kbd class="kbd">I</kbd></span>""")),
        Item(id, Acts.Assign, Guid.Empty.ToString(), Html.Of($"{Draw.Icon("nobody")}Nobody")),
        .. members.Where(m => m.UserId != viewer && m.Role >= MemberRole.Agent).Select(m => Item(id, Acts.Assign, m.UserId.ToString(), Html.Of(
            $"""{Draw.Avatar(m.Name, m.UserId, css: "avatar--xs")}<bdi>{m.Name}</bdi>{Html.If(m.Availability != Availability.Available, $"""<span class="end">{m.Availability.ToString()}</span>""")}"""))),
    ]));
}
