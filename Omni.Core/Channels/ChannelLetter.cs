using Omni.Core.Identity;

namespace Omni.Core.Channels;

/// <summary>Letters about channels, in plain text.</summary>
public static class ChannelLetter
{
    /// <summary>A channel needs a new token.</summary>
    /// <param name="to">Address of the receiver.</param>
    /// <param name="organization">Name of the organization.</param>
    /// <param name="channel">Name of the channel.</param>
    /// <param name="reason">What the platform said; null when nothing.</param>
    /// <param name="link">The page on which it is mended.</param>
    public static Mail NeedsToken(string to, string organization, string channel, string? reason, string link) => new(
        to, $"{OneLine(channel)} of {OneLine(organization)} needs a new token", $"""
        {OneLine(reason ?? "The platform no longer accepts the token.")}

        Messages that customers write to {OneLine(channel)} still arrive and are kept. Replies wait, and go out in order once you have entered a new token here:

        {link}
        """);

    // Names are typed by people: a line break in a subject would begin another header.
    private static string OneLine(string text) => string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c));
}
