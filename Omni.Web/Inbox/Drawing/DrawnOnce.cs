using System.Runtime.CompilerServices;
using Omni.Web.Shared.Ui;

namespace Omni.Web.Inbox.Drawing;

/// <summary>Markup of things that many circuits show, kept with the thing: it lives as long as somebody shows the thing, so nothing has to be thrown out and nothing is ever stale. Things must never change (a change is another thing).</summary>
/// <typeparam name="TThing">What is drawn; told apart by instance, so that a copy of it is drawn again.</typeparam>
/// <typeparam name="TLook">What else decides how it looks.</typeparam>
internal sealed class DrawnOnce<TThing, TLook>
    where TThing : class
    where TLook : struct, IEquatable<TLook>
{
    private const int MostLooks = 12; // views, zones, read or not; rarer ones are drawn again

    private readonly ConditionalWeakTable<TThing, Looks> _drawn = [];

    /// <summary>How the thing looks.</summary>
    /// <param name="thing">The thing.</param>
    /// <param name="look">What else decides.</param>
    /// <param name="with">Handed to <paramref name="draw"/>; must not change what it draws.</param>
    /// <param name="draw">Draws it.</param>
    internal Html Of<TWith>(TThing thing, TLook look, TWith with, Func<TThing, TLook, TWith, Html> draw)
    {
        var looks = _drawn.GetOrCreateValue(thing);
        foreach (var known in looks.All)
        {
            if (known.Look.Equals(look))
            {
                return known.Html;
            }
        }

        var html = draw(thing, look, with);
        var all = looks.All; // two circuits at the same moment may both draw it; one of the texts is let go
        looks.All = [(look, html), .. all.Take(MostLooks - 1)];
        return html;
    }

    /// <summary>The thing's key in a page's tree: one object for all circuits.</summary>
    internal object KeyOf(TThing thing, Func<TThing, Guid> id) => _drawn.GetOrCreateValue(thing).Key ??= id(thing);

    private sealed class Looks
    {
        internal object? Key { get; set; }

        internal (TLook Look, Html Html)[] All { get; set; } = [];
    }
}
