using Omni.Core.Common;
using Omni.Core.Inbox;
using Omni.Web.Inbox;
using Omni.Web.Shared;

namespace Omni.Tests.Inbox;

public sealed class InboxAddressTests
{
    [Fact]
    public void An_address_that_was_written_is_read_as_the_same()
    {
        var address = new InboxAddress(InboxView.All) { Status = ConversationStatus.Resolved, Search = "8.5 mm & more", Channel = OmniId.New(), Unread = true, OldestFirst = true, Conversation = OmniId.New() };
        var uri = new Uri("http://x" + address.Href);
        var query = Microsoft.AspNetCore.WebUtilities.QueryHelpers.ParseQuery(uri.Query);
        string? Part(string name) => query.TryGetValue(name, out var value) ? value.ToString() : null;

        var read = InboxAddress.Read(uri.Segments[2].Trim('/'), Guid.Parse(uri.Segments[3]), Part("status"), Part("q"), Part("channel"), Part("label"), Part("unread"), Part("sort"));

        Assert.Equal(address, read);
    }

    [Fact]
    public void What_makes_no_sense_is_left_out() =>
        Assert.Equal(new InboxAddress(InboxView.Mine), InboxAddress.Read("99", null, "maybe", " ", "x", "y", "perhaps", "up"));

    [Fact]
    public void Snoozing_until_tomorrow_means_nine_in_the_readers_morning()
    {
        var reader = Reader.In("America/New_York");
        var now = new DateTimeOffset(2026, 3, 7, 18, 0, 0, TimeSpan.Zero); // clocks go forward that night

        var tomorrow = SnoozePresets.For(reader, now).Single(p => p.Name == "Tomorrow morning").At;

        Assert.Equal(new DateTimeOffset(2026, 3, 8, 13, 0, 0, TimeSpan.Zero), tomorrow);
    }

    [Theory]
    [InlineData(0, "now")]
    [InlineData(6, "6 min")]
    [InlineData(180, "3 h")]
    [InlineData(60 * 24, "Yesterday")]
    [InlineData(60 * 24 * 3, "Wed")]
    [InlineData(60 * 24 * 30, "22 Oct")]
    [InlineData(60 * 24 * 400, "17 Oct 2025")]
    public void Ages_are_said_in_the_fewest_characters(int minutes, string words)
    {
        var now = new DateTimeOffset(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

        Assert.Equal(words, Reader.In("Europe/Oslo").Ago(now.AddMinutes(-minutes), now));
    }
}
