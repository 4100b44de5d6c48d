using Omni.Core.Common;

namespace Omni.Core.Notifications;

/// <summary>The way to the push services of the browsers' makers.</summary>
public interface IPushGateway
{
    /// <summary>The installation's public key as browsers want it (base64url), by which push services know who sends.</summary>
    Task<string> PublicKeyAsync(CancellationToken ct);

    /// <summary>Why nothing may be sent to an address; null when it may.</summary>
    Refusal? Judge(Uri endpoint);
}
