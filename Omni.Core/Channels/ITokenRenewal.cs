using Omni.Core.Common;

namespace Omni.Core.Channels;

/// <summary>An adapter whose tokens end, and can be exchanged for later ones before they do.</summary>
public interface ITokenRenewal
{
    /// <summary>How long before its end a token is exchanged.</summary>
    TimeSpan RenewBefore { get; }

    /// <summary>Exchanges the channel's token. Never called twice at a time for one channel.</summary>
    /// <returns>What is new; invalid when the platform wants a person to sign in again; unavailable when it could not be asked.</returns>
    Task<Result<RenewedToken>> RenewAsync(ChannelAccess access, CancellationToken ct);
}

/// <summary>A token that replaces the channel's.</summary>
/// <param name="Credentials">The credentials that changed, by name. They are stored before any of them is used.</param>
/// <param name="ExpiresAt">When the new token ends; null when nobody says.</param>
public sealed record RenewedToken(IReadOnlyDictionary<string, string> Credentials, DateTimeOffset? ExpiresAt)
{
    /// <summary>Names only, so that a log line cannot leak a secret.</summary>
    public override string ToString() => $"RenewedToken {{ ExpiresAt = {ExpiresAt:O} }}";
}
