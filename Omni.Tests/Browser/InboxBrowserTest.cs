using Microsoft.Playwright;
using Omni.Tests.Inbox;
using Omni.Tests.Support;

namespace Omni.Tests.Browser;

/// <summary>A browser in front of the real pages with an inbox in memory.</summary>
[Collection("Browser")]
public abstract class InboxBrowserTest(BrowserFixture browsers) : IAsyncLifetime
{
    private readonly List<string> _complaints = [];
    private IBrowserContext? _context;

    private protected FakeInbox Inbox { get; } = SampleInbox.Shop(TimeProvider.System);

    private protected InboxHost Host { get; private set; } = null!;

    private protected IPage Page { get; private set; } = null!;

    /// <summary>Errors of scripts and of the console; lost connections are expected where a test cuts them.</summary>
    private protected IReadOnlyList<string> Complaints => [.. _complaints.Where(c => !c.Contains("ERR_CONNECTION", StringComparison.Ordinal) && !c.Contains("WebSocket", StringComparison.Ordinal))];

    private protected Guid Leila => Inbox.RowNamed("Leila Haddad").Id;

    public async Task InitializeAsync()
    {
        Host = new InboxHost(Inbox, TimeProvider.System);
        await Host.StartAsync();
        Page = await OpenAsync();
    }

    public async Task DisposeAsync()
    {
        await _context!.DisposeAsync();
        await Host.DisposeAsync();
    }

    /// <summary>A new window of the given size and theme.</summary>
    private protected async Task<IPage> OpenAsync(int width = 1440, int height = 900, bool dark = false, bool touch = false)
    {
        if (_context is not null)
        {
            await _context.DisposeAsync();
        }

        _context = await browsers.Browser.NewContextAsync(new()
        {
            ViewportSize = new() { Width = width, Height = height },
            ColorScheme = dark ? ColorScheme.Dark : ColorScheme.Light,
            HasTouch = touch,
            TimezoneId = "Europe/Oslo",
            Permissions = ["clipboard-read", "clipboard-write"],
        });
        Page = await _context.NewPageAsync();
        Page.Console += (_, message) =>
        {
            if (message.Type == "error")
            {
                _complaints.Add(message.Text);
            }
        };
        Page.PageError += (_, error) => _complaints.Add(error);
        return Page;
    }

    /// <summary>Goes to an address and waits until the circuit has taken the page over.</summary>
    private protected async Task GoAsync(string path)
    {
        await Page.GotoAsync(Host.Address + path);
        await Eventually.HoldsAsync(() => Inbox.Watched, "the circuit watches the inbox");
        await Page.Locator("omni-live[data-up]").WaitForAsync(new() { State = WaitForSelectorState.Attached });
    }

    /// <summary>Keeps a picture for a look by eye when <c>OMNI_SCREENSHOTS</c> names a folder.</summary>
    private protected async Task PictureAsync(string name)
    {
        if (Environment.GetEnvironmentVariable("OMNI_SCREENSHOTS") is { Length: > 0 } folder)
        {
            await Page.ScreenshotAsync(new() { Path = Path.Combine(folder, $"{name}.png") });
        }
    }
}
