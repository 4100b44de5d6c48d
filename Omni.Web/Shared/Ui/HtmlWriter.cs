using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Encodings.Web;
using System.Text.Unicode;

namespace Omni.Web.Shared.Ui;

/// <summary>What the compiler makes of the interpolated string in <see cref="Html.Of"/>: fixed parts as they stand, every value encoded. There is no way in for other kinds of values, so that a new one is thought about.</summary>
[InterpolatedStringHandler]
public ref struct HtmlWriter
{
    // Letters of all languages stay letters; what means something in HTML, inside quotes too, does not.
    private static readonly HtmlEncoder Encoder = HtmlEncoder.Create(UnicodeRanges.All);

    private DefaultInterpolatedStringHandler _markup;

    /// <summary>Called by the compiler.</summary>
    public HtmlWriter(int literalLength, int formattedCount) => _markup = new DefaultInterpolatedStringHandler(literalLength, formattedCount, CultureInfo.InvariantCulture);

    /// <summary>A part that the program wrote.</summary>
    public void AppendLiteral(string markup) => _markup.AppendLiteral(markup);

    /// <summary>A piece that is markup already.</summary>
    public void AppendFormatted(Html html) => _markup.AppendLiteral(html.ToString());

    /// <summary>Text.</summary>
    public void AppendFormatted(string? text)
    {
        if (!string.IsNullOrEmpty(text))
        {
            _markup.AppendLiteral(Encoder.Encode(text));
        }
    }

    /// <summary>An id.</summary>
    public void AppendFormatted(Guid id) => _markup.AppendFormatted(id);

    /// <summary>An id in one of the formats of <see cref="Guid.ToString(string)"/>.</summary>
    public void AppendFormatted(Guid id, string format) => _markup.AppendFormatted(id, format);

    /// <summary>A number.</summary>
    public void AppendFormatted(int number) => _markup.AppendFormatted(number);

    /// <summary>A moment as scripts read it.</summary>
    public void AppendFormatted(DateTimeOffset at) => _markup.AppendLiteral(at.UtcDateTime.ToString("O", CultureInfo.InvariantCulture));

    /// <summary>The markup. The writer is spent.</summary>
    internal string Finish() => _markup.ToStringAndClear();
}
