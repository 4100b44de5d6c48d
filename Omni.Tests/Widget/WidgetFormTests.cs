using Omni.Core.Widget;
using Omni.Web.Widget;

namespace Omni.Tests.Widget;

/// <summary>The settings of a website chat while somebody edits them.</summary>
public sealed class WidgetFormTests
{
    [Theory]
    [InlineData("shop.example.com", "https://shop.example.com")]
    [InlineData("https://shop.example.com/some/page?x=1", "https://shop.example.com")]
    [InlineData("http://localhost:8080/", "http://localhost:8080")]
    [InlineData("*.example.com", "*.example.com")]
    public void An_address_as_people_paste_it_becomes_a_site(string entered, string site) => Assert.Equal([site], WidgetForm.Sites(entered));

    [Fact]
    public void What_is_not_touched_comes_back_as_it_was()
    {
        var settings = new WidgetSettings
        {
            Sites = ["https://a.example.com", "*.b.example.com"],
            PreChat = new() { Enabled = true, Fields = [new() { Key = "name", Label = "Your name", Required = true }, new() { Key = "topic", Label = "Topic", Type = WidgetFieldType.Select, Options = ["Order", "Repair"] }] },
            Proactive = [new() { Id = "hi", Page = "/pricing*", AfterSeconds = 5, Text = "Questions?" }],
            Hours = [new() { Day = DayOfWeek.Monday, From = new(9, 0), To = new(17, 0) }, new() { Day = DayOfWeek.Sunday, From = new(12, 0), To = default }],
        };
        Assert.Equal(settings.ToJson().ToJsonString(), WidgetForm.Of(settings).Read().ToJson().ToJsonString());
    }

    [Fact]
    public void New_words_of_a_greeting_are_shown_to_those_who_saw_the_old_ones()
    {
        var form = new WidgetGreetingForm(new WidgetProactive { Id = "hi", Text = "Old" }) { Text = "New" };
        Assert.NotEqual("hi", form.Read().Id);
    }

    [Theory]
    [InlineData("#1f6b4a", true, "White text on it: 6.4 to 1")]
    [InlineData("#ffe14d", false, "Black text on it")]
    [InlineData("green", false, "Enter a colour")]
    public void The_contrast_of_a_colour_is_said_in_words(string color, bool isGood, string words)
    {
        var said = WidgetWords.Contrast(color);
        Assert.Equal(isGood, said.IsGood);
        Assert.StartsWith(words, said.Words, StringComparison.Ordinal);
    }

    [Fact]
    public void Questions_move_by_one_place_and_stay_at_the_ends()
    {
        List<int> list = [1, 2, 3];
        WidgetForm.Move(list, 0, -1);
        WidgetForm.Move(list, 0, 1);
        Assert.Equal([2, 1, 3], list);
    }
}
