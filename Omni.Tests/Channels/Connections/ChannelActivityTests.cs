using Omni.Core.Channels;
using Omni.Core.Common;
using Omni.Web.Channels;
using Omni.Web.Shared;

namespace Omni.Tests.Channels.Connections;

public sealed class ChannelActivityTests
{
    // A Friday afternoon in Oslo.
    private static readonly DateTimeOffset Now = new(2026, 11, 20, 14, 30, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset LongAgo = Now.AddYears(-1);

    [Fact]
    public void A_channel_that_misses_what_comes_every_week_at_this_time_is_silent()
    {
        var activity = Of(Weekly(hoursBefore: 2, messages: 14), lastHours: 9);

        Assert.Equal(new ChannelSilence(Now.AddHours(-9), 14, DayOfWeek.Friday), activity.Silence);
        var words = ChannelWords.Of(Channel(activity), Reader.In("Europe/Oslo"), Now);
        Assert.Equal(("warn", "Quiet for 9 h. On Fridays about 14 messages usually come in that time"), (words.Tone, words.Words));
    }

    [Fact]
    public void Quiet_hours_are_quiet_every_week_and_alarm_nobody() => Assert.Null(Of(Weekly(hoursBefore: 30, messages: 400), lastHours: 9).Silence);

    [Fact]
    public void Too_few_expected_messages_prove_nothing() => Assert.Null(Of(Weekly(hoursBefore: 2, messages: 4), lastHours: 9).Silence);

    [Fact]
    public void A_short_pause_is_no_silence() => Assert.Null(Of(Weekly(hoursBefore: 1, messages: 100), lastHours: 2).Silence);

    [Fact]
    public void A_new_channel_is_compared_only_with_weeks_it_was_there()
    {
        Assert.Null(ChannelActivity.Of(new ChannelTraffic("UTC", []), Now.AddDays(-3), Now.AddHours(-9), Now).Silence);
        var one = ChannelActivity.Of(new ChannelTraffic("UTC", [new HourCount(Now.AddDays(-7).AddHours(-2), 8)]), Now.AddDays(-8), Now.AddHours(-9), Now);
        Assert.Equal(8, one.Silence?.Usual);
    }

    [Fact]
    public void Days_are_those_of_the_organizations_calendar()
    {
        var activity = ChannelActivity.Of(new ChannelTraffic("Europe/Oslo", [new HourCount(new(2026, 11, 19, 23, 0, 0, TimeSpan.Zero), 3), new HourCount(Now.AddDays(-20), 9)]), LongAgo, Now, Now);

        Assert.Equal(14, activity.Days.Count);
        Assert.Equal(new ActivityDay(new DateOnly(2026, 11, 20), 3), activity.Days[^1]); // 23:00 UTC is midnight in Oslo
        Assert.Equal(3, activity.Days.Sum(d => d.Received));
        Assert.StartsWith("M0 26L", Sparkline.Path(activity.Days), StringComparison.Ordinal);
        Assert.EndsWith("L96 3", Sparkline.Path(activity.Days), StringComparison.Ordinal);
    }

    private static ChannelActivity Of(List<HourCount> hours, int lastHours) => ChannelActivity.Of(new ChannelTraffic("Europe/Oslo", hours), LongAgo, Now.AddHours(-lastHours), Now);

    private static List<HourCount> Weekly(int hoursBefore, int messages) => [.. Enumerable.Range(1, 4).Select(week => new HourCount(Now.AddDays(-7 * week).AddHours(-hoursBefore), messages))];

    private static ConnectedChannel Channel(ChannelActivity activity) => new()
    {
        Id = OmniId.New(), Kind = ChannelKind.WhatsApp, Name = "Support line", DisplayName = "+47", Status = ChannelStatus.Connected, ExternalAccountId = "1", CreatedAt = LongAgo,
        Health = new ChannelHealth(ChannelStatus.Connected, Now.AddHours(-9), null, null, null, ChannelFigures.None(OmniId.New()), null) { Activity = activity },
    };
}
