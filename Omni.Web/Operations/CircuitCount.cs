using Microsoft.AspNetCore.Components.Server.Circuits;
using Omni.Core.Operations;

namespace Omni.Web.Operations;

/// <summary>Counts connected pages.</summary>
internal sealed class CircuitCount(OmniMetrics metrics) : CircuitHandler
{
    public override Task OnConnectionUpAsync(Circuit circuit, CancellationToken cancellationToken)
    {
        metrics.Circuits(1);
        return Task.CompletedTask;
    }

    public override Task OnConnectionDownAsync(Circuit circuit, CancellationToken cancellationToken)
    {
        metrics.Circuits(-1);
        return Task.CompletedTask;
    }
}
