using Microsoft.Playwright;

namespace Omni.Tests.Browser;

/// <summary>One Chromium for all browser tests. Found by <c>OMNI_CHROMIUM</c>, else in the usual places of Debian.</summary>
public sealed class BrowserFixture : IAsyncLifetime
{
    private static readonly string[] Places = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

    private IPlaywright? _playwright;

    /// <summary>The browser.</summary>
    public IBrowser Browser { get; private set; } = null!;

    /// <inheritdoc/>
    public async Task InitializeAsync()
    {
        var program = Environment.GetEnvironmentVariable("OMNI_CHROMIUM") ?? Array.Find(Places, File.Exists)
            ?? throw new InvalidOperationException("Chromium is missing: apt-get install chromium, or name it in OMNI_CHROMIUM.");
        _playwright = await Playwright.CreateAsync();
        Assertions.SetDefaultExpectTimeout(20_000); // how long a condition may take on a machine that is busy with everything else
        Browser = await _playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = program,
            Args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage"],
        });
    }

    /// <inheritdoc/>
    public async Task DisposeAsync()
    {
        await Browser.DisposeAsync();
        _playwright?.Dispose();
    }
}

/// <summary>Browser tests run one after another: two of them would take each other's focus and time.</summary>
[CollectionDefinition("Browser")]
public sealed class BrowserCollection : ICollectionFixture<BrowserFixture>;
