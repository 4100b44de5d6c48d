using Microsoft.EntityFrameworkCore;
using Omni.Core.Common;
using System.Security.Cryptography;
using System.Text;

namespace Omni.Core.Identity;

/// <summary>The code that proves to whoever makes the first account that they can read what the program prints. Derived from the installation's key, so that all nodes print the same.</summary>
public sealed class SetupCode(ISecrets secrets, IOmniDbFactory dbs)
{
    private const string Letters = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"; // 32 that do not look alike

    /// <summary>The code: three groups of four letters and digits, 60 bits.</summary>
    public string Value
    {
        get
        {
            var code = string.Concat(secrets.Derive("set-up code").Take(12).Select(b => Letters[b & 31]));
            return $"{code[..4]}-{code[4..8]}-{code[8..]}";
        }
    }

    /// <summary>True when <paramref name="typed"/> is the code; case, blanks and hyphens do not count.</summary>
    public bool IsRight(string? typed)
    {
        var plain = string.Concat((typed ?? "").Where(char.IsAsciiLetterOrDigit)).ToUpperInvariant();
        return CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(plain), Encoding.UTF8.GetBytes(Value.Replace("-", "", StringComparison.Ordinal)));
    }

    /// <summary>True while nobody has an account.</summary>
    public async Task<bool> IsNeededAsync(CancellationToken ct)
    {
        await using var db = await dbs.OpenGlobalAsync(ct);
        return !await db.Users.AnyAsync(u => u.Kind == UserKind.Human, ct);
    }
}
