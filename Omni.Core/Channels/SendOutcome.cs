namespace Omni.Core.Channels;

/// <summary>What became of one call to a platform (docs/architecture.md has the table).</summary>
public abstract record SendOutcome
{
    private SendOutcome()
    {
    }

    /// <summary>The platform took it.</summary>
    /// <param name="ExternalId">The platform's id of the message; null where it is told later, with the echo (<see cref="ChannelCapabilities.NamesLater"/>).</param>
    public sealed record Accepted(string? ExternalId) : SendOutcome;

    /// <summary>Surely not taken; trying again is safe.</summary>
    /// <param name="After">The least time to wait, from Retry-After where given; zero leaves it to the back-off.</param>
    /// <param name="Code">The platform's code, for the log.</param>
    /// <param name="Message">Plain words.</param>
    /// <param name="RecipientOnly">True when only this recipient must wait (pair rate), false when the whole channel must.</param>
    public sealed record Retry(TimeSpan After, string Code, string Message, bool RecipientOnly = false) : SendOutcome;

    /// <summary>Refused for good.</summary>
    /// <param name="Error">The platform's error with what follows from it.</param>
    public sealed record Rejected(PlatformError Error) : SendOutcome;

    /// <summary>The bytes left and no clear answer came: it may have been sent. Never sent again blindly.</summary>
    /// <param name="Reason">Plain words for the log.</param>
    public sealed record Unknown(string Reason) : SendOutcome;

    /// <summary>The channel's credentials no longer count.</summary>
    /// <param name="Code">The platform's code.</param>
    /// <param name="Message">Plain words for the owner.</param>
    public sealed record Reauthorize(string Code, string Message) : SendOutcome;
}
