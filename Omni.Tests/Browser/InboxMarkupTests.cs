using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Omni.Core.Inbox;
using Omni.Tests.Inbox;
using Omni.Tests.Support;

namespace Omni.Tests.Browser;

/// <summary>Rows, bubbles and heads are drawn as a whole: their buttons reach the circuit, and whoever had the focus keeps it.</summary>
public sealed class InboxMarkupTests(BrowserFixture browsers) : InboxBrowserTest(browsers)
{
    [Fact]
    public async Task Buttons_and_menus_of_drawn_markup_do_what_they_say()
    {
        await GoAsync($"/inbox/all/{Leila}");
        await Page.Locator(".fail").GetByRole(AriaRole.Button, new() { Name = "Retry" }).ClickAsync();
        await Eventually.HoldsAsync(() => Inbox.Retries is [{ EvenIfUnknown: false }], "one message is sent again, once");

        await Page.Locator(".bubble", new() { HasText = "One more thing" }).HoverAsync();
        await Page.GetByRole(AriaRole.Button, new() { Name = "Reply to this message" }).ClickAsync();
        await Assertions.Expect(Page.Locator("omni-composer .quote, omni-composer .composer__quote").First).ToContainTextAsync("One more thing");

        await Page.Keyboard.PressAsync("Escape");
        await Page.Locator("omni-timeline").FocusAsync();
        await Page.GetByRole(AriaRole.Button, new() { Name = "Priority: high" }).ClickAsync();
        await Page.GetByRole(AriaRole.Menuitemradio, new() { Name = "Low" }).ClickAsync();
        await Eventually.HoldsAsync(() => Inbox.Row(Leila).Priority == ConversationPriority.Low, "the priority is low");
        await Assertions.Expect(Page.GetByRole(AriaRole.Button, new() { Name = "Priority: low" })).ToBeFocusedAsync(); // in the head that was drawn anew

        await Page.Keyboard.PressAsync("a");
        await Page.GetByRole(AriaRole.Menuitem, new() { Name = "Nobody" }).ClickAsync();
        await Eventually.HoldsAsync(() => Inbox.Row(Leila).AssigneeId is null, "nobody takes care");
        await Page.Keyboard.PressAsync("s");
        await Page.Locator("#snooze input").FillAsync("2031-05-06T07:08");
        await Page.Locator("#snooze [type=submit]").ClickAsync();
        await Eventually.HoldsAsync(() => Inbox.Row(Leila).SnoozedUntil is { Year: 2031, Month: 5, Day: 6, Minute: 8 }, "it rests until then"); // the first page of all does not know the zone yet
        Assert.Equal(3, Inbox.Patches.Count); // each once
        Assert.Empty(Complaints);
    }

    [Fact]
    public async Task The_focus_stays_in_what_is_drawn_anew_and_narrow_screens_have_all_views()
    {
        await GoAsync("/inbox/mine");
        await Page.Locator(".row", new() { HasText = "Leila Haddad" }).FocusAsync();
        await Inbox.ChangeAsync(Leila, r => r with { LastMessagePreview = "Drawn anew" });
        await Assertions.Expect(Page.Locator(".row", new() { HasText = "Drawn anew" })).ToBeFocusedAsync();

        await Page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(Page.Locator(".row[aria-selected=true]")).ToHaveAttributeAsync("data-id", Leila.ToString());
        await Page.Locator("omni-timeline").FocusAsync();
        await Page.Keyboard.PressAsync("ArrowUp");
        var last = Inbox.MessagesOf(Leila)[^1];
        await Assertions.Expect(Page.Locator($"#m{last.Id:N}")).ToBeFocusedAsync();
        await Inbox.SayAsync(last with { Status = MessageStatus.Read });
        await Assertions.Expect(Page.Locator($"#m{last.Id:N}[aria-label$='Read']")).ToBeFocusedAsync();

        await OpenAsync(1024, 768);
        await GoAsync("/inbox/mine");
        await Page.GetByRole(AriaRole.Button, new() { Name = "Choose a view" }).ClickAsync();
        await PictureAsync("views-1024");
        await Page.Locator("#views").GetByText("Unassigned").ClickAsync();
        await Assertions.Expect(Page).ToHaveURLAsync(new Regex("/inbox/unassigned$"));
        Assert.Empty(Complaints);
    }
}
