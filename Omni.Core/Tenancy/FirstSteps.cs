namespace Omni.Core.Tenancy;

/// <summary>What a new organization has done of what makes it useful; read from what is there, never ticked by hand.</summary>
/// <param name="HasChannel">An account of a platform or a website chat is connected.</param>
/// <param name="HasWidget">A website chat was made.</param>
/// <param name="HasPlayed">A play customer has written.</param>
/// <param name="HasInvited">Somebody else belongs to it or is invited.</param>
/// <param name="IsHidden">The person who looks has put the list away.</param>
public sealed record FirstSteps(bool HasChannel, bool HasWidget, bool HasPlayed, bool HasInvited, bool IsHidden);
