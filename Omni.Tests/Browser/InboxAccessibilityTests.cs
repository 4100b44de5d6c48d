using System.Text.Json;

namespace Omni.Tests.Browser;

/// <summary>The automated rules of WCAG 2.2 AA (axe-core, restored by npm) on every state of the inbox.</summary>
public sealed class InboxAccessibilityTests(BrowserFixture browsers) : InboxBrowserTest(browsers)
{
    [Theory]
    [InlineData(1440, false)]
    [InlineData(1440, true)]
    [InlineData(390, false)]
    [InlineData(390, true)]
    public async Task No_rule_is_broken(int width, bool dark)
    {
        var rules = Path.Combine(RepositoryRoot(), "node_modules", "axe-core", "axe.min.js");
        Assert.True(File.Exists(rules), "axe-core is missing: run npm ci in the root folder.");
        await OpenAsync(width, 900, dark, touch: width < 768);
        foreach (var path in new[] { "/inbox/mine", $"/inbox/mine/{Leila}", "/inbox/snoozed", $"/inbox/mine/{Inbox.RowNamed("Sofie Dahl").Id}", "/inbox/all?q=nothing" })
        {
            await GoAsync(path);
            await Page.AddScriptTagAsync(new() { Path = rules });
            // A row's name is a sentence made for listening (who, where, unread, time left, words), not the row's letters.
            var broken = await Page.EvaluateAsync<JsonElement>(
                """
                async () => (await axe.run(document, { runOnly: { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }, rules: { 'label-content-name-mismatch': { enabled: false } } })).violations
                  .flatMap(v => v.nodes.map(n => `${v.id}: ${n.target.join(' ')} (${n.failureSummary?.split('\n')[1]?.trim() ?? ''})`))
                """);
            Assert.True(broken.GetArrayLength() == 0, $"{path} at {width}:\n{string.Join('\n', broken.EnumerateArray().Take(12))}");
        }
    }

    private static string RepositoryRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Omni.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("The tests do not run inside the repository.");
    }
}
