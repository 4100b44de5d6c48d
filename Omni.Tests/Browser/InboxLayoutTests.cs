namespace Omni.Tests.Browser;

public sealed class InboxLayoutTests(BrowserFixture browsers) : InboxBrowserTest(browsers)
{
    [Theory]
    [InlineData(1440, 900, false)]
    [InlineData(1440, 900, true)]
    [InlineData(1024, 768, false)]
    [InlineData(800, 900, true)]
    [InlineData(390, 844, false)]
    [InlineData(390, 844, true)]
    [InlineData(320, 640, false)]
    public async Task Nothing_scrolls_sideways_and_no_script_complains(int width, int height, bool dark)
    {
        await OpenAsync(width, height, dark, touch: width < 768);
        foreach (var (name, path) in new[] { ("list", "/inbox/mine"), ("talk", $"/inbox/mine/{Leila}"), ("empty", "/inbox/snoozed"), ("closed", $"/inbox/mine/{Inbox.RowNamed("Sofie Dahl").Id}") })
        {
            await GoAsync(path);
            Assert.True(await Page.EvaluateAsync<bool>("() => document.documentElement.scrollWidth <= innerWidth && !document.querySelector('.shell__body')?.matches(':scope') || document.querySelector('.shell__body').scrollWidth <= document.querySelector('.shell__body').clientWidth"), $"{path} at {width}");
            await PictureAsync($"{name}-{width}-{(dark ? "dark" : "light")}");
        }

        Assert.Empty(Complaints);
    }
}
