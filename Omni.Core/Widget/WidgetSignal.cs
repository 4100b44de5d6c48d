namespace Omni.Core.Widget;

/// <summary>One thing that open pages of visitors are told. Made once per node and handed to every page it concerns.</summary>
/// <param name="Name">message, update, typing, read, team or reset.</param>
public sealed record WidgetSignal(string Name)
{
    /// <summary>The message, for message and update.</summary>
    public WidgetMessage? Message { get; init; }

    /// <summary>Whether somebody of the team writes, for typing.</summary>
    public bool Active { get; init; }

    /// <summary>Who, for typing.</summary>
    public string? Author { get; init; }

    /// <summary>Up to where the team has read, for read.</summary>
    public long Position { get; init; }

    /// <summary>Whether the team is there, for team.</summary>
    public WidgetTeamState? Team { get; init; }

    /// <summary>The written form, kept by the first page that writes it.</summary>
    public string? Written { get; set; }

    /// <summary>Everything must be read again.</summary>
    public static WidgetSignal Reset { get; } = new("reset");
}
