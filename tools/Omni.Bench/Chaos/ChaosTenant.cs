using Omni.Infrastructure.Channels.Simulator;

namespace Omni.Bench.Chaos;

/// <summary>One organization with its number.</summary>
/// <param name="Index">Its place among all.</param>
/// <param name="Mark">Stands in every text, name and title of it and nowhere else: found elsewhere, the walls have a hole.</param>
/// <param name="OrganizationId">The organization.</param>
/// <param name="ChannelId">Its channel.</param>
/// <param name="Account">Its number at the platform.</param>
/// <param name="Token">Calls the API as its owner.</param>
internal sealed record ChaosTenant(int Index, string Mark, Guid OrganizationId, Guid ChannelId, SimulatedAccount Account, string Token)
{
    /// <summary>Digits of a person's number; no two organizations share one.</summary>
    internal string Phone(int person) => FormattableString.Invariant($"4{100 + Index}{person:0000000}");
}
