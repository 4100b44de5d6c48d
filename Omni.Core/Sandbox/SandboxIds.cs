using System.Security.Cryptography;

namespace Omni.Core.Sandbox;

/// <summary>Account ids of play channels: 24 digits that begin with eight zeros. No platform gives such ids out, and everything that deals with real accounts refuses them.</summary>
public static class SandboxIds
{
    private const string Prefix = "00000000";
    private const int Length = 24;

    /// <summary>True when an account id can only be a play channel's.</summary>
    public static bool Is(string? accountId) =>
        accountId is { Length: Length } && accountId.StartsWith(Prefix, StringComparison.Ordinal) && accountId.All(char.IsAsciiDigit);

    /// <summary>A new id.</summary>
    public static string New() => Prefix + RandomNumberGenerator.GetString("0123456789", Length - Prefix.Length);
}
