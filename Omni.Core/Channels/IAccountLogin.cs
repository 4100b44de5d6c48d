using Omni.Core.Common;

namespace Omni.Core.Channels;

/// <summary>A platform where a login gives out the token of exactly the account that is connected.</summary>
public interface IAccountLogin
{
    /// <summary>The platform.</summary>
    ChannelKind Kind { get; }

    /// <summary>True when the installation has an app to log in with.</summary>
    bool IsOffered { get; }

    /// <summary>The platform's page that asks the person for consent.</summary>
    /// <param name="back">Where the platform sends the person back to.</param>
    /// <param name="state">Comes back unchanged.</param>
    Uri Dialog(Uri back, string state);

    /// <summary>Exchanges the code that came back.</summary>
    /// <returns>What was granted; a conflict in words when the person did not allow enough.</returns>
    Task<Result<GrantedAccount>> ExchangeAsync(string code, Uri back, CancellationToken ct);
}

/// <summary>An account that a login gave access to.</summary>
/// <param name="Credentials">What would be entered into the platform's form.</param>
/// <param name="ExpiresAt">When the token ends (UTC); null when it does not or nobody says.</param>
public sealed record GrantedAccount(IReadOnlyDictionary<string, string?> Credentials, DateTimeOffset? ExpiresAt)
{
    /// <summary>Names only, so that a log line cannot leak a token.</summary>
    public override string ToString() => $"GrantedAccount {{ ExpiresAt = {ExpiresAt:O} }}";
}
