using Omni.Tests.Inbox;
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

    [Fact]
    public async Task A_click_that_fails_says_so_and_the_page_goes_on()
    {
        await GoAsync($"/inbox/mine/{Leila}");
        Inbox.Trouble = new IOException("the line to the database broke");
        await Page.GetByRole(AriaRole.Button, new() { Name = "Resolve", Exact = true }).ClickAsync();
        var words = Page.GetByRole(AriaRole.Alert).Filter(new() { HasText = "That did not work" });
        await words.WaitForAsync();
        Assert.DoesNotContain("database broke", await Page.ContentAsync(), StringComparison.Ordinal);
        await PictureAsync("click-failed");
        await Axe.HoldsAsync(Page, "the words about a failed click");

        await Page.GetByRole(AriaRole.Button, new() { Name = "Resolve", Exact = true }).ClickAsync();
        await Assertions.Expect(words).ToHaveCountAsync(1);
        await words.GetByRole(AriaRole.Button, new() { Name = "Close" }).ClickAsync();
        await Assertions.Expect(words).ToHaveCountAsync(0);
        Inbox.Trouble = null;
        await Page.GetByRole(AriaRole.Button, new() { Name = "Resolve", Exact = true }).ClickAsync();
        await Assertions.Expect(Page.Locator(".row", new() { HasText = "Leila Haddad" })).ToHaveCountAsync(0);
        await Assertions.Expect(Page.Locator("omni-live[data-up]")).ToHaveCountAsync(1);
    }

    [Fact]
    public async Task A_circuit_that_breaks_is_replaced_by_a_new_one()
    {
        var isBroken = false;
        var isDone = false;
        await Page.RouteWebSocketAsync("**/_blazor*", line =>
        {
            var server = line.ConnectToServer();
            line.OnMessage(frame =>
            {
                if (frame.Binary is not { } bytes)
                {
                    server.Send(frame.Text!);
                    return;
                }

                var broken = isBroken && !isDone ? WithDrawingError(bytes) : null;
                isDone |= broken is not null;
                server.Send(broken ?? bytes);
            });
        });
        await GoAsync("/inbox/mine");
        await Page.EvaluateAsync("() => { window.isOld = true; }");
        isBroken = true;
        await Inbox.SayAsync(SampleInbox.Message(Inbox.Row(Leila), 50, "and the blue one?", TimeProvider.System.GetUtcNow()));
        await Page.WaitForFunctionAsync("() => !window.isOld && document.querySelector('omni-live[data-up]')");
        Assert.True(isDone);
        await Inbox.SayAsync(SampleInbox.Message(Inbox.Row(Leila), 51, "are you there again?", TimeProvider.System.GetUtcNow()));
        await Page.Locator(".row", new() { HasText = "are you there again?" }).WaitForAsync();
    }

    /// <summary>The browser's word that it has drawn something, changed into the word that it could not, after which the server gives the circuit up; null when the frame holds anything else.</summary>
    private static byte[]? WithDrawingError(byte[] frame)
    {
        // MessagePack: length, then an array that ends with the arguments [number of the drawing, nil for no error].
        var name = System.Text.Encoding.ASCII.GetBytes("OnRenderCompleted");
        var at = frame.AsSpan().IndexOf(name);
        var nil = Array.LastIndexOf(frame, (byte)0xc0);
        return at < 0 || frame.AsSpan(at + 1).IndexOf(name) >= 0 || nil < at || frame[0] >= 0x7f ? null
            : [(byte)(frame[0] + 1), .. frame[1..nil], 0xa1, (byte)'x', .. frame[(nil + 1)..]];
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
