using System.Net;
using System.Net.Sockets;

namespace Omni.Core.Identity;

/// <summary>Where a call comes from, as far as the connection tells.</summary>
/// <param name="Address">Network address; null when there is none.</param>
/// <param name="Device">User agent as sent, cut to 200 characters.</param>
/// <param name="IsLocal">True only for a call from this very machine that no proxy passed on.</param>
public sealed record Caller(IPAddress? Address, string Device, bool IsLocal = false)
{
    /// <summary>The address for records.</summary>
    public string? AddressText => Plain?.ToString();

    /// <summary>What limits count by: the address, or for IPv6 its /64 network, which one customer of a provider has for himself.</summary>
    public string LimitKey => Plain switch
    {
        null => "none",
        { AddressFamily: AddressFamily.InterNetworkV6 } six => Convert.ToHexString(six.GetAddressBytes().AsSpan(0, 8)),
        var four => four.ToString(),
    };

    private IPAddress? Plain => Address is { IsIPv4MappedToIPv6: true } mapped ? mapped.MapToIPv4() : Address;
}
