using System.Diagnostics;
using System.Globalization;
using Microsoft.Playwright;

namespace Omni.Bench.Circuits;

/// <summary>The page in a real Chromium. It notes when a mark is in the page and the next picture is due.</summary>
internal sealed class BrowserPage : IAsyncDisposable
{
    private static readonly string[] Places = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

    private readonly IPlaywright _playwright;
    private readonly IBrowser _browser;
    private readonly IPage _page;

    private BrowserPage(IPlaywright playwright, IBrowser browser, IPage page) => (_playwright, _browser, _page) = (playwright, browser, page);

    /// <summary>Opens it and waits until a circuit has it.</summary>
    /// <param name="page">The page.</param>
    /// <param name="cookie">Cookie of a session as <c>name=value</c>.</param>
    /// <exception cref="InvalidOperationException">There is no Chromium.</exception>
    internal static async Task<BrowserPage> OpenAsync(Uri page, string cookie)
    {
        var program = Environment.GetEnvironmentVariable("OMNI_CHROMIUM") ?? Array.Find(Places, File.Exists)
            ?? throw new InvalidOperationException("Chromium is missing: apt-get install chromium, or name it in OMNI_CHROMIUM.");
        var playwright = await Playwright.CreateAsync();
        var browser = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = program, Args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-dev-shm-usage"] });
        var context = await browser.NewContextAsync(new() { ViewportSize = new() { Width = 1440, Height = 900 } });
        await context.AddCookiesAsync([new() { Name = cookie[..cookie.IndexOf('=', StringComparison.Ordinal)], Value = cookie[(cookie.IndexOf('=', StringComparison.Ordinal) + 1)..], Url = page.GetLeftPart(UriPartial.Authority) }]);
        var tab = await context.NewPageAsync();
        await tab.GotoAsync(page.ToString());
        await tab.Locator(".shell").WaitForAsync();
        await tab.WaitForFunctionAsync("() => document.querySelector('omni-live .dot--ok')");
        await tab.EvaluateAsync("""
            () => {
              window.marks = {};
              const look = () => {
                for (const found of (document.querySelector('omni-list')?.textContent ?? '').matchAll(/@@T(\d+)@@/g)) {
                  if (!(found[1] in window.marks)) {
                    window.marks[found[1]] = 0;
                    requestAnimationFrame(() => { window.marks[found[1]] = performance.timeOrigin + performance.now(); });
                  }
                }
              };
              new MutationObserver(look).observe(document.body, { // the list itself may still be replaced when the circuit takes the page over
                childList: true, subtree: true, characterData: true });
            }
            """);
        return new BrowserPage(playwright, browser, tab);
    }

    /// <summary>Waits until all marks were on the page, for at most 10 seconds.</summary>
    internal async Task DrewAsync(IReadOnlyList<long> marks)
    {
        try
        {
            await _page.WaitForFunctionAsync("marks => marks.every(mark => window.marks[mark] > 0)", marks.Select(m => m.ToString(CultureInfo.InvariantCulture)).ToArray(), new() { Timeout = 10_000 });
        }
        catch (TimeoutException)
        {
            return; // counted as missing
        }
    }

    /// <summary>What the page saw of some marks.</summary>
    internal async Task<Delays> DelaysAsync(IReadOnlyCollection<long> marks)
    {
        var seen = await _page.EvaluateAsync<Dictionary<string, double>>("() => window.marks");
        // The browser tells the time of day, the marks the machine's steady clock: the same second, set off against each other here.
        var (ticks, now) = (Stopwatch.GetTimestamp(), DateTimeOffset.UtcNow);
        var both = seen.Where(s => s.Value > 0).ToDictionary(
            s => long.Parse(s.Key, CultureInfo.InvariantCulture),
            s => ticks + (long)((s.Value - (now - DateTimeOffset.UnixEpoch).TotalMilliseconds) * Stopwatch.Frequency / 1000));
        return Delays.Of(marks, [both]);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
    }
}
