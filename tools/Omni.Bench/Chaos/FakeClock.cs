namespace Omni.Bench.Chaos;

/// <summary>The clock of one program, set through a file that libfaketime reads.</summary>
internal sealed class FakeClock : IDisposable
{
    private static readonly string[] Places =
    [
        "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1", "/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1", "/usr/lib64/faketime/libfaketimeMT.so.1",
    ];

    private readonly string _file = Path.GetTempFileName();

    private FakeClock(string library)
    {
        Set(TimeSpan.Zero);
        Environment = new Dictionary<string, string>
        {
            ["LD_PRELOAD"] = library,
            ["FAKETIME_TIMESTAMP_FILE"] = _file,
            ["FAKETIME_NO_CACHE"] = "1",
            ["FAKETIME_DONT_FAKE_MONOTONIC"] = "1",
            ["FAKETIME_FORCE_MONOTONIC_FIX"] = "0", // else waits of a thread end at once
        };
    }

    /// <summary>What a program must find in its environment to follow this clock.</summary>
    internal IReadOnlyDictionary<string, string> Environment { get; }

    /// <summary>Finds the library; null when it is not installed.</summary>
    internal static FakeClock? Find() => Places.FirstOrDefault(File.Exists) is { } library ? new FakeClock(library) : null;

    /// <summary>Moves the clock.</summary>
    /// <param name="ahead">How far before the true time.</param>
    internal void Set(TimeSpan ahead)
    {
        // In place of the old file at once: a reader must not meet an empty one.
        File.WriteAllText(_file + ".new", FormattableString.Invariant($"+{(long)ahead.TotalSeconds}\n"));
        File.Move(_file + ".new", _file, overwrite: true);
    }

    /// <inheritdoc/>
    public void Dispose() => File.Delete(_file);
}
