using System.ComponentModel.DataAnnotations;
using System.Net;
using Microsoft.Extensions.Options;

namespace Omni.Core.Operations;

/// <summary>Checks <see cref="OmniOptions"/>; every failure names the key and what is expected.</summary>
public sealed class OmniOptionsValidator : IValidateOptions<OmniOptions>
{
    private static readonly string[] KnownRoles = ["web", "worker"];

    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, OmniOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var problems = new List<string>();
        CheckAnnotations("Omni", options, problems);
        CheckAnnotations("Omni:Workers", options.Workers, problems);
        CheckUrls(options, problems);
        CheckNetworks(options, problems);

        var roles = OmniOptions.List(options.Roles);
        if (roles.Count == 0 || roles.Any(r => !KnownRoles.Contains(r, StringComparer.OrdinalIgnoreCase)))
        {
            problems.Add("Omni:Roles: expected web, worker or both with a comma, such as web,worker.");
        }

        if (options.MasterKey is { Length: > 0 } key && !IsMasterKey(key))
        {
            problems.Add("Omni:MasterKey: expected 32 bytes in base64, such as the output of: openssl rand -base64 32");
        }

        if (options.Postgres.BinDirectory is { Length: > 0 } bin && !Directory.Exists(bin))
        {
            problems.Add($"Omni:Postgres:BinDirectory: expected a folder with initdb, pg_ctl and postgres, but {bin} does not exist.");
        }

        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }

    private static void CheckUrls(OmniOptions options, List<string> problems)
    {
        if (options.PublicUrl is { Length: > 0 } url && !IsWebAddress(url, out _))
        {
            problems.Add("Omni:PublicUrl: expected an http or https address without query, such as https://omni.example.com.");
        }

        if (OmniOptions.List(options.Cors.Origins).Any(o => !IsWebAddress(o, out var uri) || uri.GetLeftPart(UriPartial.Authority) != o))
        {
            problems.Add("Omni:Cors:Origins: expected origins with commas between them, such as https://app.example.com (no path, no slash at the end).");
        }
    }

    private static void CheckNetworks(OmniOptions options, List<string> problems)
    {
        if (OmniOptions.List(options.TrustedProxies).Any(p => !IPAddress.TryParse(p, out _) && !IPNetwork.TryParse(p, out _)))
        {
            problems.Add("Omni:TrustedProxies: expected addresses or networks with commas between them, such as 127.0.0.1,10.0.0.0/8.");
        }

        if (OmniOptions.List(options.Egress.Allow).Any(a => !IPNetwork.TryParse(a, out _) && Uri.CheckHostName(a) == UriHostNameType.Unknown))
        {
            problems.Add("Omni:Egress:Allow: expected addresses, networks or host names with commas between them, such as 10.1.2.3,10.2.0.0/16,crm.local.");
        }
    }

    private static void CheckAnnotations(string section, object options, List<string> problems)
    {
        var found = new List<ValidationResult>();
        Validator.TryValidateObject(options, new ValidationContext(options), found, validateAllProperties: true);
        problems.AddRange(found.SelectMany(f => f.MemberNames.Select(member => $"{section}:{member}: {f.ErrorMessage}")));
    }

    private static bool IsWebAddress(string text, out Uri uri) =>
        Uri.TryCreate(text, UriKind.Absolute, out uri!) && uri.Scheme is "http" or "https" && uri.Query.Length == 0 && uri.Fragment.Length == 0;

    private static bool IsMasterKey(string text)
    {
        Span<byte> bytes = stackalloc byte[33];
        return Convert.TryFromBase64String(text, bytes, out var length) && length == 32;
    }
}
