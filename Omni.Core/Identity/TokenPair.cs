using Omni.Core.Common;

namespace Omni.Core.Identity;

/// <summary>One issue of an access token and the refresh token that follows it. All pairs of a session are one family.</summary>
public sealed class TokenPair
{
    /// <summary>How long an access token counts.</summary>
    public static readonly TimeSpan AccessLifetime = TimeSpan.FromMinutes(15);

    /// <summary>How long a refresh token counts.</summary>
    public static readonly TimeSpan RefreshLifetime = TimeSpan.FromDays(7);

    /// <summary>How long the same refresh token may be sent again by a caller that lost the answer, as long as the answer's tokens were not used to refresh.</summary>
    public static readonly TimeSpan RepeatWindow = TimeSpan.FromSeconds(10);

    /// <summary>Identity.</summary>
    public Guid Id { get; init; } = OmniId.New();

    /// <summary>The family.</summary>
    public required Guid SessionId { get; init; }

    /// <summary>SHA-256 of the access token.</summary>
    public required byte[] AccessHash { get; init; }

    /// <summary>When the access token ends (UTC).</summary>
    public required DateTimeOffset AccessExpiresAt { get; init; }

    /// <summary>SHA-256 of the refresh token.</summary>
    public required byte[] RefreshHash { get; init; }

    /// <summary>When the refresh token ends (UTC).</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>When the refresh token was exchanged (UTC); null while it is the newest.</summary>
    public DateTimeOffset? UsedAt { get; init; }

    /// <summary>Random value from which, together with the refresh token itself, its successor was made; forgotten as soon as the successor is used.</summary>
    public byte[]? Salt { get; init; }
}

/// <summary>Tokens as handed to a program. Shown once, never stored.</summary>
/// <param name="AccessToken">For the header <c>Authorization: Bearer</c>.</param>
/// <param name="RefreshToken">For the next pair.</param>
/// <param name="ExpiresIn">How long the access token counts.</param>
public sealed record IssuedTokens(string AccessToken, string RefreshToken, TimeSpan ExpiresIn);
