using System.ComponentModel.DataAnnotations;
using Omni.Core.Operations;

namespace Omni.Web.Shared.Api;

/// <summary><c>Omni:Limits</c>: how many API calls may come. Each limit is a bucket that fills steadily and holds the burst.</summary>
public sealed class ApiLimitOptions
{
    /// <summary>The section's name in the configuration.</summary>
    public const string Section = "Omni:Limits";

    /// <summary>Calls per minute from one network address (IPv6: one /64 network); an office shares one.</summary>
    [Range(1, 1_000_000)]
    public int AddressPerMinute { get; init; } = 3_000;

    /// <summary>Calls at once from one network address.</summary>
    [Range(1, 1_000_000)]
    public int AddressBurst { get; init; } = 1_000;

    /// <summary>Calls per minute of one session or token.</summary>
    [Range(1, 1_000_000)]
    public int TokenPerMinute { get; init; } = 600;

    /// <summary>Calls at once of one session or token.</summary>
    [Range(1, 1_000_000)]
    public int TokenBurst { get; init; } = 300;

    /// <summary>Calls per minute of all members and tokens of one organization.</summary>
    [Range(1, 10_000_000)]
    public int OrganizationPerMinute { get; init; } = 12_000;

    /// <summary>Calls at once of one organization.</summary>
    [Range(1, 10_000_000)]
    public int OrganizationBurst { get; init; } = 3_000;

    internal BucketRate Address => new(AddressPerMinute, AddressBurst);

    internal BucketRate Token => new(TokenPerMinute, TokenBurst);

    internal BucketRate Organization => new(OrganizationPerMinute, OrganizationBurst);
}
