namespace Omni.Core.Identity;

/// <summary>A person's authenticator app.</summary>
public sealed class SecondFactor
{
    /// <summary>Whose.</summary>
    public required Guid UserId { get; init; }

    /// <summary>The shared secret, sealed under the installation's key.</summary>
    public required byte[] Secret { get; set; }

    /// <summary>When a first code was right (UTC); null while it is being set up and does not count.</summary>
    public DateTimeOffset? ConfirmedAt { get; set; }

    /// <summary>Number of the last 30-second step whose code was accepted: a code works once.</summary>
    public long LastStep { get; set; }
}

/// <summary>A code on paper for the day the authenticator app is lost. Works once.</summary>
public sealed class RecoveryCode
{
    /// <summary>Whose.</summary>
    public required Guid UserId { get; init; }

    /// <summary>SHA-256 of the code.</summary>
    public required byte[] Hash { get; init; }

    /// <summary>When it was used (UTC); null while it works.</summary>
    public DateTimeOffset? UsedAt { get; init; }
}
