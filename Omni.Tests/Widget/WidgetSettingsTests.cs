using System.Text.Json.Nodes;
using Omni.Core.Common;
using Omni.Core.Widget;

namespace Omni.Tests.Widget;

public sealed class WidgetSettingsTests
{
    [Fact]
    public void Text_can_be_read_on_every_colour_in_both_themes()
    {
        foreach (var value in Enumerable.Range(0, 512).Select(i => $"#{(i & 7) * 36:x2}{((i >> 3) & 7) * 36:x2}{((i >> 6) & 7) * 36:x2}"))
        {
            var dark = WidgetColors.Dark(value);
            Assert.True(WidgetColors.Contrast(value, WidgetColors.On(value)) >= WidgetColors.Readable, value);
            Assert.True(WidgetColors.Contrast(dark, WidgetColors.On(dark)) >= WidgetColors.Readable, dark);
            Assert.True(WidgetColors.Contrast(dark, "#15181e") >= WidgetColors.Readable, dark);
        }
    }

    [Theory]
    [InlineData("""{"theme":{"color":"red"}}""", "settings.theme.color")]
    [InlineData("""{"theme":{"position":"top"}}""", "settings.theme.position")]
    [InlineData("""{"language":"xx"}""", "settings.language")]
    [InlineData("""{"sites":["shop.example.com"]}""", "settings.sites")]
    [InlineData("""{"sites":["https://shop.example.com/path"]}""", "settings.sites")]
    [InlineData("""{"sites":["*.com"]}""", "settings.sites")]
    [InlineData("""{"preChat":{"fields":[{"key":"a b","label":"x"}]}}""", "settings.preChat.fields.key")]
    [InlineData("""{"preChat":{"fields":[{"key":"a","label":"x","type":"select"}]}}""", "settings.preChat.fields.options")]
    [InlineData("""{"proactive":[{"id":"p","page":"/a","afterSeconds":-1,"text":"x"}]}""", "settings.proactive.afterSeconds")]
    [InlineData("""{"hours":[{"day":"monday","from":"17:00","to":"09:00"}]}""", "settings.hours")]
    [InlineData("""{"nonsense":1}""", "settings.nonsense")]
    public void A_wrong_setting_is_named(string json, string field)
    {
        Assert.Equal(field, Assert.IsType<Refusal.Invalid>(WidgetSettings.Read((JsonObject)JsonNode.Parse(json)!).Refusal).Field);
    }

    [Fact]
    public void Settings_survive_being_stored()
    {
        var json = (JsonObject)JsonNode.Parse("""
            {"theme":{"color":"#112233"},"replyTime":"day","sites":["https://A.example.com/","*.b.example"],"hours":[{"day":"friday","from":"09:00","to":"00:00"}],
             "preChat":{"enabled":true,"fields":[{"key":"name","label":"Name","required":true}]}}
            """)!;
        var settings = WidgetSettings.Read(json).Value;

        Assert.Equal(settings.ToJson().ToJsonString(), WidgetSettings.Stored(settings.ToJson().ToJsonString()).ToJson().ToJsonString());
        Assert.Equal(["https://a.example.com", "*.b.example"], settings.Sites);
    }

    [Theory]
    [InlineData("2026-11-20T08:30:00Z", true, null)] // Friday 09:30 in Oslo
    [InlineData("2026-11-20T07:30:00Z", false, "2026-11-20T08:00:00Z")]
    [InlineData("2026-11-20T16:00:00Z", false, "2026-11-23T08:00:00Z")]
    [InlineData("2026-03-28T12:00:00Z", false, "2026-03-30T07:00:00Z")] // the clocks change in between
    public void Hours_are_those_of_the_organizations_zone(string now, bool isOpen, string? opens)
    {
        var week = Enumerable.Range(1, 5).Select(d => new WidgetHour { Day = (DayOfWeek)d, From = new TimeOnly(9, 0), To = new TimeOnly(17, 0) }).ToList();
        var hours = new WidgetHours(week, WidgetHours.Zone("Europe/Oslo"));
        var at = DateTimeOffset.Parse(now, System.Globalization.CultureInfo.InvariantCulture);

        Assert.Equal(isOpen, hours.IsOpen(at));
        if (opens is not null)
        {
            Assert.Equal(DateTimeOffset.Parse(opens, System.Globalization.CultureInfo.InvariantCulture), hours.NextOpening(at));
        }
    }
}
