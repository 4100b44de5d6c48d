using System.Collections.Concurrent;
using Omni.Core.Channels;
using Omni.Core.Inbox;

namespace Omni.Web.Shared.Ui;

/// <summary>Small pieces that stand on pages by the hundred: one frame each instead of a component.</summary>
public static class Draw
{
    // Signs never change and come from the program alone: one text each for all circuits.
    private static readonly ConcurrentDictionary<(string Name, string Css), Html> Icons = new();
    private static readonly ConcurrentDictionary<(ChannelKind Kind, string Css), Html> Glyphs = new();

    /// <summary>An icon of the sprite.</summary>
    /// <param name="name">Its id in icons.svg.</param>
    /// <param name="css">Further classes: s (small), l (large).</param>
    public static Html Icon(string name, string css = "") => Icons.GetOrAdd(
        (name, css), static key => Html.Of($"""<svg class="i {key.Css}" aria-hidden="true"><use href="/icons.svg#{key.Name}"></use></svg>"""));

    /// <summary>A platform's glyph on its colour.</summary>
    public static Html Glyph(ChannelKind kind, string css = "glyph--plain") => Glyphs.GetOrAdd(
        (kind, css), static key => Html.Of(
            $"""<span class="glyph {key.Css}" data-channel="{Platform.Key(key.Kind)}" aria-hidden="true"><svg class="c"><use href="/icons.svg#c-{Platform.Key(key.Kind)}"></use></svg></span>"""));

    /// <summary>A person: picture or initials on a quiet ground, with the platform's glyph when there is one.</summary>
    public static Html Avatar(string name, Guid id, string? url = null, ChannelKind? kind = null, string css = "")
    {
        var inside = Person.IsSafePicture(url) ? Html.Of($"""<img src="{url}" alt="" loading="lazy">""") : Html.Of($"{Person.Initials(name)}");
        return Html.Of($"<span class=\"avatar {css}\" style=\"--ground:var(--tint-{Person.Hue(id)})\" aria-hidden=\"true\">{inside}{(kind is { } platform ? Glyph(platform, "") : default)}</span>");
    }

    /// <summary>How long ago, with the exact moment on hover; kept fresh in the browser.</summary>
    public static Html Ago(DateTimeOffset at, DateTimeOffset now, Reader reader, string css = "")
    {
        ArgumentNullException.ThrowIfNull(reader);
        return Html.Of($"""<time class="{css}" data-ago datetime="{at}" title="{reader.Exact(at)}">{reader.Ago(at, now)}</time>""");
    }

    /// <summary>A label: a dot of its colour and the word.</summary>
    public static Html Label(LabelView label)
    {
        ArgumentNullException.ThrowIfNull(label);
        return Html.Of($"""<span class="label" style="--hue:var(--hue-{Math.Clamp(label.Hue, 1, 6)})">{label.Name}</span>""");
    }
}
