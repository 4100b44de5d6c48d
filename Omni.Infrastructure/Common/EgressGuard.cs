using System.Net;
using System.Net.Sockets;

namespace Omni.Infrastructure.Common;

/// <summary>Rules for one purpose of outgoing requests whose address comes from outside.</summary>
internal sealed record EgressRules
{
    /// <summary>Origins (scheme, host, port) that the operator configured; they may lie in the own network.</summary>
    public IReadOnlyList<Uri> Exempt { get; init; } = [];

    /// <summary>Addresses, networks and host names of the own network that the operator allows (<c>Omni:Egress:Allow</c>), on every port and also by plain http.</summary>
    public IReadOnlyList<string> Allow { get; init; } = [];

    /// <summary>True when plain http on port 80 is allowed as well (link previews).</summary>
    public bool AllowHttp { get; init; }

    /// <summary>Longest time for one request without reading its content.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);
}

/// <summary>
/// Keeps requests to addresses chosen by strangers inside the public internet. The address is judged after resolving and the connection
/// goes to that very address, so neither odd spellings nor a name that changes its answer get around it.
/// </summary>
internal sealed class EgressGuard(EgressRules rules, Func<string, CancellationToken, Task<IPAddress[]>> resolve)
{
    /// <summary>The guard with the system's name resolution.</summary>
    public EgressGuard(EgressRules rules)
        : this(rules, Dns.GetHostAddressesAsync)
    {
    }

    /// <summary>Refuses addresses by scheme, port and user part.</summary>
    /// <exception cref="EgressRefusedException">The address is not allowed.</exception>
    public void Check(Uri uri)
    {
        if (!uri.IsAbsoluteUri || uri.Scheme is not ("https" or "http"))
        {
            throw new EgressRefusedException("Only web addresses can be fetched.");
        }

        if (uri.UserInfo.Length > 0)
        {
            throw new EgressRefusedException("An address with a user name or password is not fetched.");
        }

        if (!IsExempt(uri.Scheme, uri.IdnHost, uri.Port) && !IsAllowed(uri.IdnHost) && !(uri is { Scheme: "https", Port: 443 } || (rules.AllowHttp && uri is { Scheme: "http", Port: 80 })))
        {
            throw new EgressRefusedException("Only https on its usual port is fetched.");
        }
    }

    /// <summary>The handler's way to connect: resolves, judges every answer, connects to one of them.</summary>
    /// <exception cref="EgressRefusedException">One of the answers is not on the public internet.</exception>
    public async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken ct)
    {
        var target = context.DnsEndPoint;
        var addresses = IPAddress.TryParse(target.Host, out var literal) ? [literal] : await resolve(target.Host, ct);
        var scheme = context.InitialRequestMessage.RequestUri?.Scheme ?? "https";
        if (addresses.Length == 0 || (!IsExempt(scheme, target.Host, target.Port) && !IsAllowed(target.Host)
            && !Array.TrueForAll(addresses, a => PublicAddress.Is(a) || IsAllowed(a))))
        {
            throw new EgressRefusedException("The address does not lead to the public internet.");
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, target.Port, ct);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    // A name is allowed as it is written; an address also as a part of a network.
    private bool IsAllowed(string host) => IPAddress.TryParse(host.Trim('[', ']'), out var address)
        ? IsAllowed(address)
        : rules.Allow.Contains(host, StringComparer.OrdinalIgnoreCase);

    private bool IsAllowed(IPAddress address) => rules.Allow.Any(a =>
        IPNetwork.TryParse(a, out var network) ? network.Contains(address) : IPAddress.TryParse(a, out var one) && one.Equals(address));

    private bool IsExempt(string scheme, string host, int port) => rules.Exempt.Any(u =>
        u.Scheme == scheme && u.Port == port && string.Equals(u.IdnHost, host, StringComparison.OrdinalIgnoreCase));
}
