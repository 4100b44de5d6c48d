using Omni.Core.Channels;

namespace Omni.Core.Common;

/// <summary>The product's own error codes, part of the public contract (docs/errors.md is generated from here).</summary>
public enum ErrorCode
{
#pragma warning disable CS1591 // the descriptions in ErrorCodes.Descriptions are the documentation
    TokenExpired = 1001,
    TokenInvalid = 1002,
    CredentialsWrong = 1003,
    SecondFactorNeeded = 1004,
    SessionRevoked = 1005,
    EmailNotVerified = 1006,
    OrganizationSuspended = 1007,
    InvitationInvalid = 1008,
    SetupCodeNeeded = 1009,
    TikTok = 2001,
    WhatsApp = 2002,
    Messenger = 2003,
    Instagram = 2004,
    Reddit = 2005,
    Telegram = 2006,
    Line = 2007,
    Sms = 2008,
    Email = 2009,
    ApiChannel = 2010,
    WindowClosed = 2020,
    ChannelNeedsReauthorization = 2021,
    AccountNotProved = 2022,
    TooManyRequests = 3001,
    PlanLimit = 3002,
    Quota = 3003,
#pragma warning restore CS1591
}

/// <summary>What each <see cref="ErrorCode"/> means and how it is written.</summary>
public static class ErrorCodes
{
    /// <summary>Meaning of each code, for people.</summary>
    public static IReadOnlyDictionary<ErrorCode, string> Descriptions { get; } = new Dictionary<ErrorCode, string>
    {
        [ErrorCode.TokenExpired] = "The access token is older than 15 minutes, or a personal token passed its end. Refresh it.",
        [ErrorCode.TokenInvalid] = "The token was never issued or was taken back.",
        [ErrorCode.CredentialsWrong] = "E-mail and password do not belong together. It is never said which of the two is wrong.",
        [ErrorCode.SecondFactorNeeded] = "The account asks for a code from the authenticator app; send it as totp.",
        [ErrorCode.SessionRevoked] = "The session was ended. Sign in again.",
        [ErrorCode.EmailNotVerified] = "The e-mail address must be proved first.",
        [ErrorCode.OrganizationSuspended] = "The organization is suspended. Messages are still received and kept.",
        [ErrorCode.InvitationInvalid] = "The invitation was used, withdrawn or is too old.",
        [ErrorCode.SetupCodeNeeded] = "The first account needs the set-up code that Omni prints at start.",
        [ErrorCode.TikTok] = "TikTok refused the call.",
        [ErrorCode.WhatsApp] = "WhatsApp refused the call.",
        [ErrorCode.Messenger] = "Messenger refused the call.",
        [ErrorCode.Instagram] = "Instagram refused the call.",
        [ErrorCode.Reddit] = "Reddit refused the call.",
        [ErrorCode.Telegram] = "Telegram refused the call.",
        [ErrorCode.Line] = "LINE refused the call.",
        [ErrorCode.Sms] = "The SMS provider refused the call.",
        [ErrorCode.Email] = "The mail server refused the call.",
        [ErrorCode.ApiChannel] = "The program behind the API channel refused the call.",
        [ErrorCode.WindowClosed] = "The platform allows free replies only for a while after the customer's last message. Send a template instead.",
        [ErrorCode.ChannelNeedsReauthorization] = "The channel's token no longer counts. An administrator must connect it again; replies wait until then.",
        [ErrorCode.AccountNotProved] = "The token does not read the account that was entered.",
        [ErrorCode.TooManyRequests] = "Too many calls. Wait as long as Retry-After says.",
        [ErrorCode.PlanLimit] = "The organization's plan does not include more of this.",
        [ErrorCode.Quota] = "A quota of the organization is used up.",
    };

    /// <summary>How a code is written in answers: TOKEN_EXPIRED.</summary>
    public static string Name(ErrorCode code) => string.Concat(code.ToString().Select((c, i) =>
        i > 0 && char.IsUpper(c) && !Glued.Contains(code) ? $"_{c}" : $"{char.ToUpperInvariant(c)}"));

    /// <summary>The code of "this platform refused the call".</summary>
    public static ErrorCode Of(ChannelKind kind) => kind switch
    {
        ChannelKind.TikTok => ErrorCode.TikTok,
        ChannelKind.WhatsApp => ErrorCode.WhatsApp,
        ChannelKind.Messenger => ErrorCode.Messenger,
        ChannelKind.Instagram => ErrorCode.Instagram,
        ChannelKind.Reddit => ErrorCode.Reddit,
        ChannelKind.Telegram => ErrorCode.Telegram,
        ChannelKind.Line => ErrorCode.Line,
        ChannelKind.Twilio => ErrorCode.Sms,
        ChannelKind.Email => ErrorCode.Email,
        _ => ErrorCode.ApiChannel,
    };

    // Product names written as one word.
    private static readonly ErrorCode[] Glued = [ErrorCode.TikTok, ErrorCode.WhatsApp];
}
