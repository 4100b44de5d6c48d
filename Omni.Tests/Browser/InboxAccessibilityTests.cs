namespace Omni.Tests.Browser;

/// <summary>The rules of accessibility on every state of the inbox.</summary>
public sealed class InboxAccessibilityTests(BrowserFixture browsers) : InboxBrowserTest(browsers)
{
    [Theory]
    [InlineData(1440, false)]
    [InlineData(1440, true)]
    [InlineData(390, false)]
    [InlineData(390, true)]
    public async Task No_rule_is_broken(int width, bool dark)
    {
        await OpenAsync(width, 900, dark, touch: width < 768);
        foreach (var path in new[] { "/inbox/mine", $"/inbox/mine/{Leila}", "/inbox/snoozed", $"/inbox/mine/{Inbox.RowNamed("Sofie Dahl").Id}", "/inbox/all?q=nothing" })
        {
            await GoAsync(path);
            await Axe.HoldsAsync(Page, $"{path} at {width}");
        }
    }
}
