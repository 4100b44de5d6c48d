using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server.Circuits;
using Omni.Core.Identity;

namespace Omni.Web.Identity;

/// <summary>Ties a circuit to its session: nothing runs in it after the session ended, and the page is told (<see cref="SessionGuard"/>).</summary>
internal sealed class SessionCircuit(AuthenticationStateProvider authentication, CurrentActor current, SessionRegistry registry) : CircuitHandler, IDisposable
{
    private SessionWatch? _watch;
    private CancellationTokenRegistration _registration;

    /// <summary>Told when the circuit must end.</summary>
    internal event EventHandler? Ended;

    /// <summary>Why the circuit must end; null while it may go on.</summary>
    internal SessionEnd? Reason => _watch?.Reason;

    // Before all other handlers and every component, which ask for the actor.
    public override int Order => -1000;

    public override async Task OnCircuitOpenedAsync(Circuit circuit, CancellationToken cancellationToken)
    {
        await current.UseCircuitAsync((await authentication.GetAuthenticationStateAsync()).User, cancellationToken);
        if ((await ((ICurrentActor)current).GetAsync(cancellationToken)).Succeeded(out var actor, out _))
        {
            _watch = registry.Watch(actor);
            _registration = _watch.Ended.Register(() => Ended?.Invoke(this, EventArgs.Empty));
        }
    }

    public override Task OnConnectionUpAsync(Circuit circuit, CancellationToken cancellationToken)
    {
        if (Reason is not null)
        {
            Ended?.Invoke(this, EventArgs.Empty); // it ended while the line was cut
        }

        return Task.CompletedTask;
    }

    public override Func<CircuitInboundActivityContext, Task> CreateInboundActivityHandler(Func<CircuitInboundActivityContext, Task> next) =>
        context => Reason is null or SessionEnd.RoleChanged ? next(context) : Task.CompletedTask; // a click in a page that is about to go does nothing

    public override Task OnCircuitClosedAsync(Circuit circuit, CancellationToken cancellationToken)
    {
        Dispose();
        return Task.CompletedTask;
    }

    public void Dispose()
    {
        _registration.Dispose();
        _watch?.Dispose();
        _watch = null;
    }
}
