using System.IO.Compression;
using System.Text.RegularExpressions;

namespace Omni.Tests.Widget;

/// <summary>What a visitor's browser has to load.</summary>
public sealed partial class WidgetSizeTests
{
    private const int MostOfLoader = 15 * 1024;
    private const int MostOfAll = 32 * 1024;

    private static readonly string Root = Path.Combine(RepositoryRoot(), "Omni.Web", "wwwroot");

    [Fact]
    public void The_loader_stays_under_15_kilobytes_and_the_whole_chat_under_32()
    {
        var loader = Closure("widget.js");
        var all = loader.Union(Closure(Path.Combine("widget", "chat.js"))).ToList();
        Assert.InRange(loader.Sum(Zipped), 1, MostOfLoader);
        Assert.InRange(all.Sum(Zipped), 1, MostOfAll);
        // Nothing lies there that no page loads.
        Assert.Equal(Directory.GetFiles(Path.Combine(Root, "widget"), "*.js").Order(), all.Where(f => Path.GetFileName(f) != "widget.js").Order());
    }

    [Fact]
    public void Every_language_has_every_text_and_every_placeholder()
    {
        var english = Texts(File.ReadAllText(Path.Combine(Root, "widget", "words.js")));
        var languages = Directory.GetFiles(Path.Combine(Root, "widget", "lang"), "*.js");
        Assert.Equal(["ar.js", "de.js", "es.js", "fr.js", "pt.js"], languages.Select(Path.GetFileName).Order());
        foreach (var language in languages)
        {
            var texts = Texts(File.ReadAllText(language));
            Assert.Equal(english.Keys.Order(), texts.Keys.Order());
            Assert.All(english, e => Assert.True(Names(e.Value).SetEquals(Names(texts[e.Key])), $"{Path.GetFileName(language)}: {e.Key}"));
        }
    }

    [GeneratedRegex("""^import .* from '(?<file>.+?)';""", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex Import();

    [GeneratedRegex("""(?<key>\w+): '(?<words>([^'\\]|\\.)*)'""", RegexOptions.ExplicitCapture)]
    private static partial Regex Text();

    [GeneratedRegex("""\{\w+\}""")]
    private static partial Regex Name();

    private static Dictionary<string, string> Texts(string script) => Text().Matches(script).ToDictionary(m => m.Groups["key"].Value, m => m.Groups["words"].Value);

    private static HashSet<string> Names(string text) => [.. Name().Matches(text).Select(m => m.Value)];

    private static HashSet<string> Closure(string file)
    {
        var found = new HashSet<string>();
        var next = new Queue<string>([Path.GetFullPath(Path.Combine(Root, file))]);
        while (next.TryDequeue(out var at))
        {
            if (found.Add(at))
            {
                foreach (Match import in Import().Matches(File.ReadAllText(at)))
                {
                    next.Enqueue(Path.GetFullPath(Path.Combine(Path.GetDirectoryName(at)!, import.Groups["file"].Value)));
                }
            }
        }

        return found;
    }

    private static long Zipped(string file)
    {
        using var zipped = new MemoryStream();
        using (var gzip = new GZipStream(zipped, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            gzip.Write(File.ReadAllBytes(file));
        }

        return zipped.Length;
    }

    private static string RepositoryRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Omni.sln")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("The tests do not run inside the repository.");
        }

        return folder.FullName;
    }
}
