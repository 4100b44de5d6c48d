namespace Omni.Core.Sandbox;

/// <summary>Something a pretend customer does.</summary>
public sealed record SandboxMessage
{
    /// <summary>Longest text, in characters.</summary>
    public const int MaxText = 4096;

    /// <summary>Oldest message, in seconds: a week.</summary>
    public const int MaxAge = 7 * 24 * 3600;

    /// <summary>Name of the customer, 1 to 100 characters.</summary>
    public required string ContactName { get; init; }

    /// <summary>The customer's id on the platform; null takes the one of the same name, or a new one.</summary>
    public string? ContactId { get; init; }

    /// <summary>What it is.</summary>
    public SandboxMessageType Type { get; init; }

    /// <summary>The words, a caption, or the emoji of a reaction (empty takes it back).</summary>
    public string? Text { get; init; }

    /// <summary>The platform's id of the message that is answered, reacted to, edited or deleted.</summary>
    public string? AboutId { get; init; }

    /// <summary>The button that was pressed: its id and title.</summary>
    public SandboxChoice? Choice { get; init; }

    /// <summary>Degrees north; for a location.</summary>
    public double Latitude { get; init; } = 61.4978;

    /// <summary>Degrees east; for a location.</summary>
    public double Longitude { get; init; } = 8.8231;

    /// <summary>How old the message is when it arrives, in seconds, at most <see cref="MaxAge"/>.</summary>
    public int AgeSeconds { get; init; }

    /// <summary>How often the platform delivers it: 1 or 2.</summary>
    public int Copies { get; init; } = 1;
}

/// <summary>A button of a message.</summary>
/// <param name="Id">Its id, which comes back when it is pressed.</param>
/// <param name="Title">Its words.</param>
public sealed record SandboxChoice(string Id, string Title);

/// <summary>What a pretend customer can do.</summary>
public enum SandboxMessageType
{
    /// <summary>Writes.</summary>
    Text,

    /// <summary>Sends the sample photo.</summary>
    Image,

    /// <summary>Sends the sample voice note.</summary>
    Voice,

    /// <summary>Sends the sample document.</summary>
    Document,

    /// <summary>Sends a place.</summary>
    Location,

    /// <summary>Reacts to a message.</summary>
    Reaction,

    /// <summary>Presses a button of one of our messages.</summary>
    Button,

    /// <summary>Changes one of their own messages.</summary>
    Edit,

    /// <summary>Takes one of their own messages back.</summary>
    Delete,
}
