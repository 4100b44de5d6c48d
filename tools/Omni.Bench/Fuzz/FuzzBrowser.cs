using System.Collections.Concurrent;
using System.Text;
using Microsoft.Playwright;

namespace Omni.Bench.Fuzz;

/// <summary>Chromium as the attacker's owner on pages whose address names the other organization's ids, with real circuits.</summary>
internal static class FuzzBrowser
{
    private static readonly string[] Places = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

    private static readonly string[] Addresses =
    [
        "/inbox/all/{conversations}", "/inbox/mine/{conversations}?message={messages}", "/inbox/all?label={labels}", "/inbox/all?channel={channels}", "/inbox/all?q=lantern",
        "/sandbox/{sandbox}", "/settings/channels/widget/{channels}", "/settings/channels?channel={channels}", "/settings/webhooks?channel={channels}", "/settings/webhooks?replay={replays}",
        "/settings/team", "/settings/sessions", "/settings/notifications", "/inbox/all", "/sandbox", "/settings/organization",
    ];

    /// <summary>Nothing tried.</summary>
    internal static Shown None { get; } = new(0, [], []);

    /// <summary>Opens every page with foreign and with unknown ids.</summary>
    internal static async Task<Shown> RunAsync(FuzzWorld world, bool isShort, CancellationToken ct)
    {
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = Environment.GetEnvironmentVariable("OMNI_CHROMIUM") ?? Array.Find(Places, File.Exists) ?? throw new InvalidOperationException("Chromium is missing: apt-get install chromium"),
            Args = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
        });
        var address = $"http://127.0.0.1:{world.Program.Port}";
        await using var context = await browser.NewContextAsync(new() { ViewportSize = new() { Width = 1440, Height = 900 } });
        await context.AddCookiesAsync(world.Browser.Headers["Cookie"].Split("; ").Select(c => c.Split('=', 2)).Select(c => new Cookie { Name = c[0], Value = c[1], Url = address }));
        var canaries = new Canaries(world.Victim);
        var (leaks, differences, circuits) = (new List<string>(), new List<string>(), 0);
        foreach (var template in Addresses.Take(isShort ? 8 : Addresses.Length))
        {
            var (foreign, foreignIds) = Fill(template, pool => world.Victim.Pools.Of(pool)[0]);
            var (unknown, unknownIds) = Fill(template, _ => Guid.NewGuid().ToString());
            var (text, all, isConnected) = await OpenAsync(context, address + foreign, ct);
            circuits += isConnected ? 1 : 0;
            if (!isConnected)
            {
                differences.Add($"{foreign}: no circuit was opened");
            }

            if (canaries.Find(all, foreignIds, isPublicSite: false) is { } leak)
            {
                leaks.Add($"browser {foreign}: {leak}");
            }

            if (foreignIds.Count > 0)
            {
                var (other, _, _) = await OpenAsync(context, address + unknown, ct);
                var (one, two) = (Without(text, foreignIds), Without(other, unknownIds));
                if (one != two)
                {
                    differences.Add($"browser {foreign}: {one} | unknown: {two}");
                }
            }
        }

        return new Shown(circuits, leaks, differences);
    }

    private static (string Address, List<string> Ids) Fill(string template, Func<string, string> value)
    {
        var ids = new List<string>();
        var address = System.Text.RegularExpressions.Regex.Replace(template, @"\{(\w+)\}", m =>
        {
            ids.Add(value(m.Groups[1].Value));
            return ids[^1];
        });
        return (address, ids);
    }

    private static string Without(string text, List<string> ids) => ids.Aggregate(text, (t, id) => t.Replace(id, "(id)", StringComparison.OrdinalIgnoreCase));

    /// <summary>Opens a page, waits until its circuit has answered and is quiet, and returns what it says, everything that came over the wire, and whether a circuit stood.</summary>
    private static async Task<(string Text, string All, bool IsConnected)> OpenAsync(IBrowserContext context, string address, CancellationToken ct)
    {
        var wire = new ConcurrentQueue<string>();
        var frames = 0;
        var page = await context.NewPageAsync();
        page.WebSocket += (_, socket) => socket.FrameReceived += (_, frame) =>
        {
            Interlocked.Increment(ref frames);
            wire.Enqueue(Encoding.Latin1.GetString(frame.Binary ?? []) + frame.Text);
        };
        page.Response += async (_, response) =>
        {
            try
            {
                if (response.Status < 300 && response.Request.ResourceType is "document" or "xhr" or "fetch" && !response.Url.Contains("/events", StringComparison.Ordinal))
                {
                    wire.Enqueue(await response.TextAsync());
                }
            }
            catch (PlaywrightException gone)
            {
                wire.Enqueue(gone.Message); // the page was closed meanwhile
            }
        };
        await page.GotoAsync(address);
        for (var (quiet, seen, tries) = (0, 0, 0); quiet < 5 && tries < 100; tries++)
        {
            await Task.Delay(100, ct);
            (quiet, seen) = frames > 2 && frames == seen ? (quiet + 1, seen) : (0, frames);
        }

        var text = await page.InnerTextAsync("main, body");
        wire.Enqueue(await page.ContentAsync());
        wire.Enqueue(page.Url);
        await page.CloseAsync();
        return (text, string.Join('\n', wire), frames > 2);
    }

    /// <summary>What pages showed.</summary>
    /// <param name="Circuits">Circuits that stood.</param>
    /// <param name="Leaks">Foreign things that were seen.</param>
    /// <param name="Reasons">Pages that tell a foreign id from an unknown one, or did not run.</param>
    internal sealed record Shown(int Circuits, IReadOnlyList<string> Leaks, IReadOnlyList<string> Reasons);
}
