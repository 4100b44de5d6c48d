using Omni.Core.Common;
using Omni.Core.Identity;

namespace Omni.Core.Tenancy;

/// <summary>The list of first steps, for those who can do them: administrators of the organization.</summary>
public interface IFirstSteps
{
    /// <summary>Reads how far the organization is.</summary>
    Task<Result<FirstSteps>> ReadAsync(Actor actor, CancellationToken ct);

    /// <summary>Puts the list away or takes it out again, for the acting person in this organization.</summary>
    Task<Result<FirstSteps>> HideAsync(Actor actor, bool isHidden, CancellationToken ct);
}
