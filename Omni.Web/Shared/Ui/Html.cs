using Microsoft.AspNetCore.Components;

namespace Omni.Web.Shared.Ui;

/// <summary>A piece of a page as text that is ready to be shown. It can only be made from an interpolated string whose fixed parts the program wrote and whose values are encoded on the way in, or from other pieces: text that somebody wrote cannot become markup.</summary>
public readonly struct Html : IEquatable<Html>
{
    private readonly string? _markup;

    private Html(string markup) => _markup = markup;

    /// <summary>Puts a piece together. Values are encoded for element content and for quoted attributes; pieces go in as they are.</summary>
    public static Html Of(HtmlWriter writer) => new(writer.Finish());

    /// <summary>The piece, or nothing. The values are looked at in either case.</summary>
    public static Html If(bool isWanted, HtmlWriter writer) => isWanted ? Of(writer) : Drop(writer);

    /// <summary>Pieces one after the other.</summary>
    public static Html Join(IEnumerable<Html> pieces) => new(string.Concat(pieces));

    /// <summary>For Razor: one frame in the page's tree.</summary>
    public static implicit operator MarkupString(Html html) => new(html.ToString());

    /// <summary>True for the same text.</summary>
    public static bool operator ==(Html left, Html right) => left.Equals(right);

    /// <summary>True for different texts.</summary>
    public static bool operator !=(Html left, Html right) => !left.Equals(right);

    /// <inheritdoc/>
    public bool Equals(Html other) => ToString() == other.ToString();

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Html other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => ToString().GetHashCode(StringComparison.Ordinal);

    /// <summary>The markup.</summary>
    public override string ToString() => _markup ?? "";

    private static Html Drop(HtmlWriter writer)
    {
        writer.Finish(); // gives its buffer back
        return default;
    }
}
