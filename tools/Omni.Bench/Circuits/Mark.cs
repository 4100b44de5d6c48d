using System.Diagnostics;
using System.Text;

namespace Omni.Bench.Circuits;

/// <summary>A word inside a message's text that says when it was sent, by the machine's clock that all its processes share.</summary>
internal static class Mark
{
    private static ReadOnlySpan<byte> Begin => "@@T"u8;

    /// <summary>A new one.</summary>
    internal static string Now() => $"@@T{Stopwatch.GetTimestamp()}@@";

    /// <summary>When a mark was sent.</summary>
    internal static long Read(string text)
    {
        ReadOnlySpan<byte> bytes = Encoding.ASCII.GetBytes(text);
        return TryTake(ref bytes, out var mark) ? mark : throw new FormatException($"{text} is no mark.");
    }

    /// <summary>Takes the next one out of bytes.</summary>
    /// <param name="bytes">Where to look; afterwards what follows the mark.</param>
    /// <param name="mark">When it was sent.</param>
    /// <returns>False when there is none.</returns>
    internal static bool TryTake(ref ReadOnlySpan<byte> bytes, out long mark)
    {
        mark = 0;
        var at = bytes.IndexOf(Begin);
        if (at < 0)
        {
            return false;
        }

        bytes = bytes[(at + Begin.Length)..];
        while (!bytes.IsEmpty && bytes[0] is >= (byte)'0' and <= (byte)'9')
        {
            mark = (mark * 10) + bytes[0] - '0';
            bytes = bytes[1..];
        }

        return true;
    }
}
