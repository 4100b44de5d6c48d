using System.Text;
using Omni.Core.Media;

namespace Omni.Tests.Media;

public sealed class ContentTypeTests
{
    [Theory]
    [InlineData("89504E470D0A1A0A", "image/png")]
    [InlineData("FFD8FFE0", "image/jpeg")]
    [InlineData("474946383961", "image/gif")]
    [InlineData("52494646000000005745425056503820", "image/webp")]
    [InlineData("000000186674797069736F6D", "video/mp4")]
    [InlineData("00000018667479703367703400", "video/3gpp")]
    [InlineData("0000001866747970 4D344120", "audio/mp4")]
    [InlineData("4F67675300", "audio/ogg")]
    [InlineData("494433 04", "audio/mpeg")]
    [InlineData("FFFB9000", "audio/mpeg")]
    [InlineData("FFF15080", "audio/aac")]
    [InlineData("2321414D520A", "audio/amr")]
    [InlineData("255044462D312E37", "application/pdf")]
    [InlineData("504B0304", "application/zip")]
    [InlineData("7F454C46", "application/octet-stream")]
    [InlineData("", "application/octet-stream")]
    public void The_first_bytes_tell_the_type(string hex, string expected) =>
        Assert.Equal(expected, ContentType.Sniff(Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal))));

    [Theory]
    [InlineData("Plain words, also æøå.", "text/plain")]
    [InlineData("a,b\r\n1,2\r\n", "text/plain")]
    [InlineData("  <html>", "application/octet-stream")]
    [InlineData("\uFEFF<svg>", "application/octet-stream")]
    [InlineData("nul\0", "application/octet-stream")]
    public void Text_is_plain_unless_it_is_markup(string text, string expected) => Assert.Equal(expected, ContentType.Sniff(Encoding.UTF8.GetBytes(text)));

    [Theory]
    [InlineData("image/svg+xml")]
    [InlineData("text/html")]
    [InlineData("text/plain")]
    [InlineData("application/pdf")]
    [InlineData(null)]
    public void Nothing_that_can_hold_script_is_shown_inline(string? mime) => Assert.False(ContentType.IsInlineSafe(mime));

    [Theory]
    [InlineData("C:\\temp\\report.pdf", "report.pdf")]
    [InlineData("../../etc/passwd", "passwd")]
    [InlineData("a\u202Egnp.exe", "agnp.exe")]
    [InlineData("a\r\nSet-Cookie: x.txt", "aSet-Cookie x.txt")]
    [InlineData("...", "file")]
    [InlineData(null, "file")]
    public void File_names_are_made_harmless(string? name, string expected) => Assert.Equal(expected, FileNames.Clean(name));
}
