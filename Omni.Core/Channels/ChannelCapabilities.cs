namespace Omni.Core.Channels;

/// <summary>What one platform can carry. Source of each figure: the platform's documentation, named at the adapter.</summary>
public sealed record ChannelCapabilities
{
    /// <summary>Longest text, in characters (UTF-16 units are counted as the platform counts: see <see cref="CountsBytes"/>).</summary>
    public required int MaxTextLength { get; init; }

    /// <summary>True when <see cref="MaxTextLength"/> counts UTF-8 bytes.</summary>
    public bool CountsBytes { get; init; }

    /// <summary>How long after the customer's last message free replies are allowed; null when always.</summary>
    public TimeSpan? ReplyWindow { get; init; }

    /// <summary>How long after the customer's last message a person may still answer, where the platform grants the account that; null when not. Longer than <see cref="ReplyWindow"/>.</summary>
    public TimeSpan? LateWindow { get; init; }

    /// <summary>How many messages may go out after each message of the customer; null when any number.</summary>
    public int? MaxPerWindow { get; init; }

    /// <summary>True when approved templates can be sent, also outside the window.</summary>
    public bool Templates { get; init; }

    /// <summary>True when single messages can be answered.</summary>
    public bool Replies { get; init; }

    /// <summary>True when reactions can be sent.</summary>
    public bool Reactions { get; init; }

    /// <summary>True when the platform shows read marks.</summary>
    public bool ReadMarks { get; init; }

    /// <summary>True when the platform shows that somebody types.</summary>
    public bool Typing { get; init; }

    /// <summary>True when the platform shows our own sends to us again without our reference; such an echo is known by person and words.</summary>
    public bool EchoesWithoutReference { get; init; }

    /// <summary>True when the platform takes messages without naming them; the echo of one names it.</summary>
    public bool NamesLater { get; init; }

    /// <summary>Beginning of the keys of threads that everybody can read; null where all is private.</summary>
    public string? PublicThreads { get; init; }

    /// <summary>True when text can accompany a file.</summary>
    public bool Captions { get; init; }

    /// <summary>Sends per second that one account may make by default.</summary>
    public required double SendsPerSecond { get; init; }

    /// <summary>How many sends one account may make at once after a pause.</summary>
    public required int SendBurst { get; init; }

    /// <summary>The finest unit of the platform's message times; sorting treats two times within it as one.</summary>
    public TimeSpan TimeUnit { get; init; } = TimeSpan.FromMilliseconds(1);

    /// <summary>Files that can be sent, by type (image, video, audio, file, sticker).</summary>
    public IReadOnlyDictionary<string, MediaRule> Media { get; init; } = new Dictionary<string, MediaRule>();
}

/// <summary>Which files of one type a platform takes.</summary>
/// <param name="MaxBytes">Largest size in bytes.</param>
/// <param name="Mimes">Accepted types; empty when any.</param>
public sealed record MediaRule(long MaxBytes, IReadOnlyList<string> Mimes);
