using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Omni.Core.Common;

namespace Omni.Core.Tenancy;

/// <summary>Short names of organizations.</summary>
internal static class Slugs
{
    /// <summary>A free short name made from <paramref name="name"/>.</summary>
    internal static async Task<string> FreeAsync(IOmniDb db, string name, CancellationToken ct)
    {
        var slug = From(name);
        return await db.Organizations.AnyAsync(o => o.Slug == slug, ct)
            ? $"{slug}-{RandomNumberGenerator.GetString("abcdefghjkmnpqrstuvwxyz23456789", 5)}"
            : slug;
    }

    /// <summary>Lower-case letters, digits and hyphens of a name, accents removed, at most 40 characters.</summary>
    internal static string From(string name)
    {
        var text = new StringBuilder();
        foreach (var c in name.Normalize(NormalizationForm.FormD).ToLowerInvariant())
        {
            if (char.IsAsciiLetterOrDigit(c))
            {
                text.Append(c);
            }
            else if (CharUnicodeInfo.GetUnicodeCategory(c) != UnicodeCategory.NonSpacingMark && text.Length > 0 && text[^1] != '-')
            {
                text.Append('-');
            }
        }

        var slug = text.ToString(0, Math.Min(40, text.Length)).Trim('-');
        return slug.Length == 0 ? "organization" : slug;
    }
}
