using System.Collections.Concurrent;
using Omni.Core.Channels;
using Omni.Core.Inbox;
using Omni.Web.Shared.Ui;

namespace Omni.Web.Inbox.Drawing;

/// <summary>The links of the views panel.</summary>
internal static class ViewMarkup
{
    private static readonly ConcurrentDictionary<(InboxView View, string Icon, string Name, bool Here, string Count), Html> Views = new();

    /// <summary>One of everybody's views.</summary>
    internal static Html View(InboxView view, string icon, string name, bool here, int count) => Views.GetOrAdd((view, icon, name, here, Words(count)), static look => Html.Of(
        $"""<a class="view" href="{new InboxAddress(look.View).Href}" {Here(look.Here)} data-view>{Draw.Icon(look.Icon)}<span>{look.Name}</span><b>{look.Count}</b></a>"""));

    /// <summary>All open ones of a channel.</summary>
    internal static Html Channel(ChannelView channel, bool here, int count)
    {
        var end = channel.Status is ChannelStatus.Connected
            ? Html.Of($"<b>{Words(count)}</b>")
            : Html.Of($"""<em title="{channel.Reason}">{Draw.Icon("warn")}{Trouble(channel.Status)}</em>""");
        return Html.Of($"""<a class="view" href="{new InboxAddress(InboxView.All) { Channel = channel.Id }.Href}" {Here(here)}>{Draw.Glyph(channel.Kind)}<span><bdi>{channel.Name}</bdi></span>{end}</a>""");
    }

    /// <summary>All open ones with a label.</summary>
    internal static Html Label(LabelView label, bool here, int count) => Html.Of(
        $"""<a class="view" href="{new InboxAddress(InboxView.All) { Label = label.Id }.Href}" {Here(here)}><i class="hue" style="background:var(--hue-{Math.Clamp(label.Hue, 1, 6)})"></i><span><bdi>{label.Name}</bdi></span><b>{Words(count)}</b></a>""");

    private static Html Here(bool here) => here ? Html.Of($"""aria-current="page" """) : default;

    private static string Words(int count) => count switch { 0 => "", >= 100 => "99+", _ => count.ToString() };

    private static string Trouble(ChannelStatus status) => status switch
    {
        ChannelStatus.NeedsReauth => "Reconnect",
        ChannelStatus.Degraded => "In part",
        _ => "Off",
    };
}
