using Omni.Core.Common;

namespace Omni.Core.Channels;

/// <summary>An adapter whose deliveries do not say who writes: the name is asked for.</summary>
public interface IContactProfiles
{
    /// <summary>Reads what the platform shows of a person who wrote.</summary>
    /// <returns>The profile; not found when the platform does not show it; unavailable when it could not be asked.</returns>
    Task<Result<ContactProfile>> ProfileAsync(string contactId, ChannelAccess access, CancellationToken ct);
}

/// <summary>What a platform shows of a person.</summary>
/// <param name="Name">The name, at most 200 characters; null when it has none.</param>
/// <param name="Username">The public user name; null where there is none.</param>
public sealed record ContactProfile(string? Name, string? Username);
