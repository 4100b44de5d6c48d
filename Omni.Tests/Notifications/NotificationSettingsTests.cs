using System.Text.Json.Nodes;
using Omni.Core.Common;
using Omni.Core.Notifications;

namespace Omni.Tests.Notifications;

public sealed class NotificationSettingsTests
{
    [Theory]
    [InlineData("22:00", "07:00", "2026-06-01T20:00:00Z", true)] // 22:00 in Oslo
    [InlineData("22:00", "07:00", "2026-06-01T19:59:00Z", false)]
    [InlineData("22:00", "07:00", "2026-06-02T04:59:00Z", true)]
    [InlineData("22:00", "07:00", "2026-06-02T05:00:00Z", false)]
    [InlineData("12:00", "13:00", "2026-12-01T11:30:00Z", true)] // winter time
    [InlineData("12:00", "13:00", "2026-06-01T11:30:00Z", false)]
    public void Quiet_hours_go_by_the_clock_of_their_place(string from, string to, string at, bool quiet) =>
        Assert.Equal(quiet, new NotificationSettings { QuietHours = new QuietHours(TimeOnly.Parse(from), TimeOnly.Parse(to), "Europe/Oslo") }.IsQuiet(DateTimeOffset.Parse(at)));

    [Theory]
    [InlineData("""{"events":{"nonsense":{"inApp":true,"sound":true,"push":true,"email":true}}}""", "notifications.events.nonsense")]
    [InlineData("""{"events":{"assigned":{"inApp":"yes","sound":true,"push":true,"email":true}}}""", "notifications.events.assigned.inApp")]
    [InlineData("""{"quietHours":{"from":"22:00","to":"07:00","zone":"Mars/Base"}}""", "notifications.quietHours.zone")]
    [InlineData("""{"quietHours":{"from":"22:00","to":"22:00","zone":"UTC"}}""", "notifications.quietHours.to")]
    [InlineData("""{"digest":"weekly"}""", "notifications.digest")]
    [InlineData("""{"zone":"?"}""", "notifications.zone")]
    [InlineData("""[]""", "notifications")]
    public void What_makes_no_sense_is_refused_by_its_name(string json, string field) =>
        Assert.Equal(field, Assert.IsType<Refusal.Invalid>(NotificationSettings.Read(JsonNode.Parse(json)).Refusal).Field);

    [Fact]
    public void Settings_survive_being_written_and_what_cannot_be_read_counts_as_the_usual()
    {
        var ways = new NotificationWays(InApp: false, Sound: false, Push: true, Email: false);
        var settings = new NotificationSettings { HideContent = true, QuietHours = new QuietHours(new TimeOnly(22, 0), new TimeOnly(7, 0), "Europe/Oslo") }.With(NotificationKind.Message, ways);

        var read = NotificationSettings.Of(new JsonObject { ["notifications"] = settings.ToJson() });

        Assert.Equal(ways, read.Of(NotificationKind.Message));
        Assert.Equal(settings.QuietHours, read.QuietHours);
        Assert.True(read.HideContent);
        Assert.True(NotificationSettings.Of(new JsonObject { ["notifications"] = "?" }).Of(NotificationKind.Assigned).InApp);
        Assert.False(new NotificationSettings().Of(NotificationKind.Unassigned).Any);
    }
}
