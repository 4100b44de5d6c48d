using Microsoft.Playwright;

namespace Omni.Tests.Browser;

/// <summary>The first moments of a page: it is there at once, its circuit a little later.</summary>
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

    [Fact]
    public async Task A_note_begun_before_the_line_stands_stays_a_note()
    {
        var go = await HoldLineAsync();
        await Page.GotoAsync($"{Host.Address}/inbox/mine/{Leila}");
        await Page.GetByRole(AriaRole.Tab, new() { Name = "Note" }).ClickAsync();
        await Page.Keyboard.TypeAsync("for the team @");
        await Assertions.Expect(Page.GetByRole(AriaRole.Listbox, new() { Name = "Colleagues" })).ToBeVisibleAsync();

        go();
        await Assertions.Expect(Page.Locator("omni-live[data-up]")).ToBeAttachedAsync();
        await Assertions.Expect(Page.Locator("omni-composer textarea")).ToBeFocusedAsync();
        await Assertions.Expect(Page.GetByRole(AriaRole.Listbox, new() { Name = "Colleagues" })).ToBeVisibleAsync();
        await Page.Keyboard.PressAsync("Escape");
        await Page.Keyboard.TypeAsync("home");
        await Assertions.Expect(Page.Locator("omni-composer textarea")).ToHaveValueAsync("for the team @home");
        await Assertions.Expect(Page.GetByRole(AriaRole.Tab, new() { Name = "Note" })).ToHaveAttributeAsync("aria-selected", "true");
    }

    [Fact]
    public async Task The_focus_stays_when_the_line_comes_up()
    {
        var go = await HoldLineAsync();
        await Page.GotoAsync($"{Host.Address}/inbox/mine");
        var row = Page.Locator(".row", new() { HasText = "Leila Haddad" });
        await row.FocusAsync();

        go();
        await Assertions.Expect(Page.Locator("omni-live[data-up]")).ToBeAttachedAsync();
        await Assertions.Expect(row).ToBeFocusedAsync();
    }

    /// <summary>Keeps the circuit away until the returned action is called.</summary>
    private async Task<Action> HoldLineAsync()
    {
        var held = new TaskCompletionSource();
        await Page.RouteAsync("**/_blazor/negotiate**", async route =>
        {
            await held.Task;
            await route.ContinueAsync();
        });
        return held.SetResult;
    }
}
