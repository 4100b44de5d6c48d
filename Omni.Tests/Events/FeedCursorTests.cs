using Omni.Core.Common;
using Omni.Infrastructure.Events;

namespace Omni.Tests.Events;

public sealed class FeedCursorTests
{
    [Fact]
    public void Is_read_as_it_was_written()
    {
        var cursor = new FeedCursor(ulong.MaxValue - 7, OmniId.New(), DateTimeOffset.FromUnixTimeMilliseconds(1_765_000_000_123));

        Assert.True(FeedCursor.TryParse(cursor.ToString(), out var read));
        Assert.Equal(cursor, read);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("abc")]
    [InlineData("!!!!")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("__________________________________________8")]
    public void Anything_else_is_none(string? text) => Assert.False(FeedCursor.TryParse(text, out _));
}
