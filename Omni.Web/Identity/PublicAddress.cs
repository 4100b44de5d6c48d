using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Options;
using Omni.Core.Identity;
using Omni.Core.Operations;

namespace Omni.Web.Identity;

/// <summary>The address from <c>Omni:PublicUrl</c>, or the one the program listens on.</summary>
internal sealed class PublicAddress(IOptionsMonitor<OmniOptions> options, IServer server) : IPublicAddress
{
    public string Of(string path) => Root.TrimEnd('/') + path;

    private string Root
    {
        get
        {
            if (options.CurrentValue.PublicUrl is { Length: > 0 } configured)
            {
                return configured;
            }

            var listening = server.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault() ?? "http://localhost";
            // "every address of this machine" is none that a browser could open
            return listening.Replace("//[::]", "//localhost", StringComparison.Ordinal).Replace("//0.0.0.0", "//localhost", StringComparison.Ordinal)
                .Replace("//+", "//localhost", StringComparison.Ordinal).Replace("//*", "//localhost", StringComparison.Ordinal);
        }
    }
}
