using Microsoft.Playwright;

namespace Omni.Tests.Browser;

public sealed class InboxStartTests(BrowserFixture browsers) : InboxBrowserTest(browsers)
{
    [Fact]
    public async Task A_page_whose_line_fails_in_the_first_moment_is_loaded_again_by_itself()
    {
        var isCut = new TaskCompletionSource();
        await Page.RouteAsync("**/_blazor/negotiate**", async route =>
        {
            if (isCut.TrySetResult())
            {
                await route.AbortAsync();
            }
            else
            {
                await route.ContinueAsync();
            }
        });

        await Page.GotoAsync(Host.Address + "/inbox/mine");
        await isCut.Task.WaitAsync(TimeSpan.FromSeconds(30));

        await Assertions.Expect(Page.Locator("omni-live[data-up]")).ToBeAttachedAsync(new() { Timeout = 60_000 });
    }
}
