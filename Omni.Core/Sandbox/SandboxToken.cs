using System.Security.Cryptography;

namespace Omni.Core.Sandbox;

/// <summary>The token a play channel's calls are made with. It names the channel, so that the pretend platform finds it on every node; that it is the channel's present one is checked against the channel's sealed credentials.</summary>
/// <param name="OrganizationId">The channel's organization.</param>
/// <param name="ChannelId">The channel.</param>
public sealed record SandboxToken(Guid OrganizationId, Guid ChannelId)
{
    private const string Prefix = "sandbox";

    /// <summary>A new token of the channel.</summary>
    public string Write() => $"{Prefix}_{OrganizationId:N}_{ChannelId:N}_{RandomNumberGenerator.GetHexString(32, lowercase: true)}";

    /// <summary>Reads which channel a token names; null when it names none.</summary>
    public static SandboxToken? Read(string? token) =>
        token?.Split('_') is [Prefix, var organization, var channel, { Length: 32 }] && Guid.TryParseExact(organization, "N", out var o) && Guid.TryParseExact(channel, "N", out var c)
            ? new SandboxToken(o, c)
            : null;
}
