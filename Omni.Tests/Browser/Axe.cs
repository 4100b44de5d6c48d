using System.Text.Json;
using Microsoft.Playwright;

namespace Omni.Tests.Browser;

/// <summary>The automated rules of WCAG 2.2 AA (axe-core, restored by npm).</summary>
internal static class Axe
{
    /// <summary>Fails with the broken rules of the page as it is now.</summary>
    internal static async Task HoldsAsync(IPage page, string what)
    {
        var rules = Path.Combine(RepositoryRoot(), "node_modules", "axe-core", "axe.min.js");
        Assert.True(File.Exists(rules), "axe-core is missing: run npm ci in the root folder.");
        await page.EvaluateAsync(await File.ReadAllTextAsync(rules)); // not as a script element, which the page's policy forbids
        // Colours on their way from one theme to the other would be judged halfway.
        await page.WaitForFunctionAsync("() => document.getAnimations().every(a => a.playState !== 'running' || a.effect?.getComputedTiming().endTime === Infinity)");
        // A row's name is a sentence made for listening (who, where, unread, time left, words), not the row's letters.
        var broken = await page.EvaluateAsync<JsonElement>(
            """
            async () => (await axe.run(document, { runOnly: { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }, rules: { 'label-content-name-mismatch': { enabled: false } } })).violations
              .flatMap(v => v.nodes.map(n => `${v.id}: ${n.target.join(' ')} (${n.failureSummary?.split('\n')[1]?.trim() ?? ''})`))
            """);
        Assert.True(broken.GetArrayLength() == 0, $"{what}:\n{string.Join('\n', broken.EnumerateArray().Take(12))}");
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
