using Microsoft.Playwright;

namespace Omni.Tests.Browser.Widget;

/// <summary>A visitor's browser on a page with a chat.</summary>
internal sealed class Visitor : IAsyncDisposable
{
    private readonly List<string> _complaints = [];

    private Visitor(IBrowserContext context) => Context = context;

    internal IBrowserContext Context { get; }

    /// <summary>Requests for events, over all tabs.</summary>
    internal List<string> Streams { get; } = [];

    /// <summary>Errors of scripts and of the console; lost connections are expected where a test cuts them.</summary>
    internal IReadOnlyList<string> Complaints => [.. _complaints.Where(c => !c.Contains("ERR_CONNECTION", StringComparison.Ordinal) && !c.Contains("favicon", StringComparison.Ordinal))];

    internal static async Task<Visitor> ComeAsync(IBrowser browser, int width = 1280, int height = 800, bool dark = false, string locale = "en-GB", string? before = null)
    {
        var context = await browser.NewContextAsync(new() { ViewportSize = new() { Width = width, Height = height }, ColorScheme = dark ? ColorScheme.Dark : ColorScheme.Light, Locale = locale, HasTouch = width < 500 });
        if (before is not null)
        {
            await context.AddInitScriptAsync(before);
        }

        var visitor = new Visitor(context);
        context.Request += (_, request) =>
        {
            if (request.Url.Contains("/events", StringComparison.Ordinal))
            {
                visitor.Streams.Add(request.Url);
            }
        };
        return visitor;
    }

    internal async Task<IPage> OpenAsync(string address)
    {
        var page = await Context.NewPageAsync();
        page.Console += (_, message) =>
        {
            if (message.Type == "error")
            {
                _complaints.Add(message.Text + " " + message.Location);
            }
        };
        page.PageError += (_, error) => _complaints.Add(error);
        await page.GotoAsync(address);
        await page.Locator(".launcher").WaitForAsync();
        return page;
    }

    internal static async Task<ILocator> ChatAsync(IPage page)
    {
        await page.Locator(".launcher").ClickAsync();
        var chat = page.Locator("dialog.panel");
        await chat.WaitForAsync();
        return chat;
    }

    internal static async Task WriteAsync(ILocator chat, string text)
    {
        await chat.Locator(".line textarea").FillAsync(text);
        await chat.Page.Keyboard.PressAsync("Enter");
    }

    public ValueTask DisposeAsync() => Context.DisposeAsync();
}
