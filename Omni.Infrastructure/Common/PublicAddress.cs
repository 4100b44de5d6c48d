using System.Net;
using System.Net.Sockets;

namespace Omni.Infrastructure.Common;

/// <summary>
/// Tells addresses of the public internet from all others, by the IANA special-purpose registries
/// (iana.org/assignments/iana-ipv4-special-registry and iana-ipv6-special-registry). The judged thing is always an address, never a text.
/// </summary>
internal static class PublicAddress
{
    private static readonly IPNetwork[] Reserved =
    [
        IPNetwork.Parse("0.0.0.0/8"),
        IPNetwork.Parse("10.0.0.0/8"),
        IPNetwork.Parse("100.64.0.0/10"),
        IPNetwork.Parse("127.0.0.0/8"),
        IPNetwork.Parse("168.63.129.16/32"), // a cloud's host service under a public address
        IPNetwork.Parse("169.254.0.0/16"),
        IPNetwork.Parse("172.16.0.0/12"),
        IPNetwork.Parse("192.0.0.0/24"),
        IPNetwork.Parse("192.0.2.0/24"),
        IPNetwork.Parse("192.88.99.0/24"),
        IPNetwork.Parse("192.168.0.0/16"),
        IPNetwork.Parse("198.18.0.0/15"),
        IPNetwork.Parse("198.51.100.0/24"),
        IPNetwork.Parse("203.0.113.0/24"),
        IPNetwork.Parse("224.0.0.0/3"), // multicast, future use, broadcast
        IPNetwork.Parse("2001::/23"), // Teredo, benchmarking, ORCHID and other protocol assignments
        IPNetwork.Parse("2001:db8::/32"),
        IPNetwork.Parse("3fff::/20"),
    ];

    private static readonly IPNetwork Unicast = IPNetwork.Parse("2000::/3");
    private static readonly IPNetwork Nat64 = IPNetwork.Parse("64:ff9b::/96");
    private static readonly IPNetwork SixToFour = IPNetwork.Parse("2002::/16");
    private static readonly IPNetwork Compatible = IPNetwork.Parse("::/96");

    /// <summary>True when everybody on the internet may reach the address, also where it only wraps an IPv4 address.</summary>
    public static bool Is(IPAddress address)
    {
        var judged = Unwrap(address);
        return (judged.AddressFamily == AddressFamily.InterNetwork || Unicast.Contains(judged))
            && !Array.Exists(Reserved, network => network.Contains(judged));
    }

    // A packet to such an IPv6 address can end at the IPv4 address inside it.
    private static IPAddress Unwrap(IPAddress address)
    {
        if (address.AddressFamily != AddressFamily.InterNetworkV6)
        {
            return address;
        }

        var bytes = address.GetAddressBytes();
        return address.IsIPv4MappedToIPv6 || Nat64.Contains(address) || Compatible.Contains(address) ? new IPAddress(bytes.AsSpan(12, 4))
            : SixToFour.Contains(address) ? new IPAddress(bytes.AsSpan(2, 4))
            : address;
    }
}
