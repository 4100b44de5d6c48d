using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Omni.Core.Channels;
using Omni.Core.Inbox;
using Omni.Tests.Inbox;
using Omni.Tests.Support;

namespace Omni.Tests.Browser;

public sealed class InboxKeyboardTests(BrowserFixture browsers) : InboxBrowserTest(browsers)
{
    [Fact]
    public async Task A_conversation_is_read_answered_and_resolved_by_keyboard_alone()
    {
        await GoAsync("/inbox/mine");
        await Page.Keyboard.PressAsync("j");
        await Assertions.Expect(Page.Locator(".conv__who h2")).ToHaveTextAsync("Tomás Rivera");
        await Page.Keyboard.PressAsync("j");
        await Assertions.Expect(Page.Locator(".conv__who h2")).ToHaveTextAsync("Leila Haddad");

        await Page.Keyboard.PressAsync("r");
        await Page.Keyboard.TypeAsync("Typed: e does not resolve here");
        await Page.Keyboard.PressAsync("Control+Enter");
        await Eventually.HoldsAsync(() => Host.Posted.Count == 1, "the reply is posted");

        await Page.Keyboard.PressAsync("Escape");
        await Page.Keyboard.PressAsync("e");
        await Eventually.HoldsAsync(() => Inbox.Row(Leila).Status == ConversationStatus.Resolved, "it is resolved");
        await Assertions.Expect(Page.Locator(".toast")).ToContainTextAsync("Resolved");

        await Page.Keyboard.PressAsync("Control+z");
        await Eventually.HoldsAsync(() => Inbox.Row(Leila).Status == ConversationStatus.Open, "it is open again");

        await Page.Keyboard.PressAsync("x");
        await Assertions.Expect(Page.Locator(".bar b")).ToHaveTextAsync("1 selected");
        await Page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(Page.Locator(".bar")).ToHaveCountAsync(0);
        Assert.Empty(Complaints);
    }

    [Fact]
    public async Task Single_keys_can_be_switched_off()
    {
        await GoAsync("/inbox/mine");
        await Page.Keyboard.PressAsync("?");
        await PictureAsync("keys");
        await Page.GetByRole(AriaRole.Switch).ClickAsync();
        await Page.Keyboard.PressAsync("Escape");

        await Page.Keyboard.PressAsync("j");
        await Page.Keyboard.PressAsync("Control+k");

        await Assertions.Expect(Page.GetByRole(AriaRole.Combobox)).ToBeFocusedAsync();
        Assert.EndsWith("/inbox/mine", Page.Url);
    }

    [Fact]
    public async Task The_palette_leads_to_views_and_actions()
    {
        await GoAsync($"/inbox/mine/{Leila}");
        await Page.Keyboard.PressAsync("Control+k");
        await Page.Keyboard.TypeAsync("snoo");
        await PictureAsync("palette");
        await Page.GetByRole(AriaRole.Option, new() { Name = "Snoozed" }).ClickAsync();

        await Assertions.Expect(Page).ToHaveURLAsync(new Regex("/inbox/snoozed$"));
    }

    [Fact]
    public async Task F6_goes_from_pane_to_pane()
    {
        await GoAsync($"/inbox/mine/{Leila}");
        var seen = new List<string>();
        for (var i = 0; i < 6; i++)
        {
            await Page.Keyboard.PressAsync("F6");
            seen.Add(await Page.EvaluateAsync<string>("() => document.activeElement.closest('.rail, .views--panel, .list, omni-timeline, omni-composer, .ctx')?.className || document.activeElement.closest('omni-timeline, omni-composer')?.tagName || ''"));
        }

        Assert.Equal(6, seen.Distinct().Count());
        Assert.DoesNotContain("", seen);
    }

    [Fact]
    public async Task Back_and_forward_and_shared_addresses_work()
    {
        await GoAsync("/inbox/mine");
        await Page.Locator(".row", new() { HasText = "Leila Haddad" }).ClickAsync();
        await Assertions.Expect(Page.Locator(".conv__who h2")).ToHaveTextAsync("Leila Haddad");
        var address = Page.Url;
        await Page.Locator(".views--panel").GetByText("Unassigned").ClickAsync();
        await Assertions.Expect(Page).ToHaveURLAsync(new Regex("/inbox/unassigned$"));

        await Page.GoBackAsync();

        await Assertions.Expect(Page.Locator(".conv__who h2")).ToHaveTextAsync("Leila Haddad");
        await (await OpenAsync(390, 844, touch: true)).GotoAsync(address);
        await Assertions.Expect(Page.Locator(".conv__who h2")).ToHaveTextAsync("Leila Haddad");
        await Assertions.Expect(Page.Locator(".list")).ToBeHiddenAsync();
        await Page.GetByLabel("Back to list").ClickAsync();
        await Assertions.Expect(Page.Locator(".row").First).ToBeVisibleAsync();
    }

    [Fact]
    public async Task The_list_does_not_move_under_the_pointer()
    {
        await GoAsync("/inbox/mine");
        await Eventually.HoldsAsync(() => Inbox.Watched, "the circuit watches");
        await Page.Locator(".row").Nth(2).HoverAsync();
        await Page.WaitForFunctionAsync("() => document.querySelector('omni-list').held === true");

        await Inbox.SayAsync(SampleInbox.Message(Inbox.RowNamed("Sofie Dahl"), 2, "It came!", TimeProvider.System.GetUtcNow()));

        await Assertions.Expect(Page.Locator(".updates")).ToHaveTextAsync("1 update");
        await Assertions.Expect(Page.Locator(".row__name").First).ToHaveTextAsync("Tomás Rivera");
        await PictureAsync("updates");
        await Page.Mouse.MoveAsync(900, 400);
        await Assertions.Expect(Page.Locator(".row__name").First).ToHaveTextAsync("Sofie Dahl");
    }

    [Fact]
    public async Task Reading_the_end_marks_it_read()
    {
        await GoAsync($"/inbox/mine/{Leila}");

        await Eventually.HoldsAsync(() => Inbox.ReadMarks[Leila] == 14, "the pointer is at the end");
    }
}
