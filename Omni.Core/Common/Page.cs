using System.Buffers.Text;
using System.Text;

namespace Omni.Core.Common;

/// <summary>One page of a list that is read by keyset.</summary>
public interface IPage
{
    /// <summary>The rows.</summary>
    object Items { get; }

    /// <summary>Where the next page begins; null at the end.</summary>
    string? NextCursor { get; }

    /// <summary>How many rows were asked for.</summary>
    int Limit { get; }
}

/// <summary>One page of a list that is read by keyset.</summary>
/// <typeparam name="T">The row.</typeparam>
/// <param name="Rows">The rows.</param>
/// <param name="NextCursor">Where the next page begins; null at the end.</param>
/// <param name="Limit">How many rows were asked for.</param>
public sealed record Page<T>(IReadOnlyList<T> Rows, string? NextCursor, int Limit) : IPage
{
    object IPage.Items => Rows;

    /// <summary>The same page with other rows.</summary>
    public Page<TTo> Select<TTo>(Func<T, TTo> to) => new([.. Rows.Select(to)], NextCursor, Limit);
}

/// <summary>Writes and reads keyset cursors: opaque to callers, not secret.</summary>
public static class Cursor
{
    /// <summary>Most rows a page may have.</summary>
    public const int MaxLimit = 200;

    /// <summary>Rows of a page when nothing was asked for.</summary>
    public const int DefaultLimit = 50;

    /// <summary>A limit within 1 to <see cref="MaxLimit"/>.</summary>
    public static int Limit(int? asked) => Math.Clamp(asked ?? DefaultLimit, 1, MaxLimit);

    /// <summary>Writes the sort values of the last row.</summary>
    public static string Write(params ReadOnlySpan<string> parts) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(string.Join('|', parts)));

    /// <summary>Reads a time and an id; false when the cursor is not one of ours.</summary>
    public static bool TryRead(string cursor, out DateTimeOffset at, out Guid id)
    {
        (at, id) = (default, default);
        return Parts(cursor) is [var ticks, var guid]
            && long.TryParse(ticks, out var value) && value > 0 && value < DateTimeOffset.MaxValue.UtcTicks
            && Guid.TryParse(guid, out id)
            && Set(out at, new DateTimeOffset(value, TimeSpan.Zero));
    }

    /// <summary>Writes a time and an id.</summary>
    public static string Write(DateTimeOffset at, Guid id) => Write(at.UtcTicks.ToString(), id.ToString());

    /// <summary>Writes two numbers (position and seq).</summary>
    public static string Write(long position, int seq) => Write(position.ToString(), seq.ToString());

    /// <summary>Writes a position and an id.</summary>
    public static string Write(long position, Guid id) => Write(position.ToString(), id.ToString());

    /// <summary>Reads a position and an id; false when the cursor is not one of ours.</summary>
    public static bool TryRead(string cursor, out long position, out Guid id)
    {
        (position, id) = (0, default);
        return Parts(cursor) is [var first, var second] && long.TryParse(first, out position) && Guid.TryParse(second, out id);
    }

    /// <summary>Reads two numbers; false when the cursor is not one of ours.</summary>
    public static bool TryRead(string cursor, out long position, out int seq)
    {
        (position, seq) = (0, 0);
        return Parts(cursor) is [var first, var second] && long.TryParse(first, out position) && int.TryParse(second, out seq);
    }

    private static string[] Parts(string cursor)
    {
        var bytes = new byte[cursor.Length];
        return Base64Url.IsValid(cursor) && Base64Url.TryDecodeFromChars(cursor, bytes, out var length)
            ? Encoding.UTF8.GetString(bytes, 0, length).Split('|')
            : [];
    }

    private static bool Set(out DateTimeOffset at, DateTimeOffset value)
    {
        at = value;
        return true;
    }
}
