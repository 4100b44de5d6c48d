using Omni.Core.Common;

namespace Omni.Core.Notifications;

/// <summary>A browser that takes pushes for a person, in every organization they belong to. Ends with the session that made it.</summary>
public sealed class PushSubscription
{
    /// <summary>Identity.</summary>
    public Guid Id { get; init; } = OmniId.New();

    /// <summary>Whose.</summary>
    public required Guid UserId { get; init; }

    /// <summary>The session whose browser it is.</summary>
    public required Guid SessionId { get; init; }

    /// <summary>Address at the browser maker's push service; unique.</summary>
    public required string Endpoint { get; init; }

    /// <summary>The browser's public key (P-256, uncompressed point).</summary>
    public required byte[] PublicKey { get; init; }

    /// <summary>The browser's authentication secret (16 bytes), sealed under the installation's key.</summary>
    public required byte[] AuthSecret { get; init; }

    /// <summary>When it was made (UTC).</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When the push service took a message last (UTC).</summary>
    public DateTimeOffset? LastSentAt { get; init; }

    /// <summary>Refusals in a row.</summary>
    public int Failures { get; init; }
}
