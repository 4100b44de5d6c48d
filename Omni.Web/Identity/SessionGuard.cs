using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Server.Circuits;
using Omni.Core.Common;
using Omni.Core.Identity;

namespace Omni.Web.Identity;

/// <summary>Part of every signed-in layout: takes the browser to the sign-in page when the circuit's session ends, or loads the page again when the role changed.</summary>
public sealed class SessionGuard : ComponentBase, IDisposable
{
    private SessionCircuit? _circuit;

    [Inject]
    private IEnumerable<CircuitHandler> Handlers { get; set; } = [];

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_circuit is not null)
        {
            _circuit.Ended -= Leave;
        }
    }

    /// <inheritdoc/>
    protected override void OnInitialized()
    {
        if (!RendererInfo.IsInteractive)
        {
            return;
        }

        _circuit = Handlers.OfType<SessionCircuit>().SingleOrDefault();
        if (_circuit is null)
        {
            return; // pages are shown without sign-in in tests only
        }

        // Not after the first drawing: a circuit whose session ends in its first moment hears no more from the browser, not even that
        // something was drawn.
        _circuit.Ended += Leave;
        if (_circuit.Reason is not null)
        {
            Leave(this, EventArgs.Empty);
        }
    }

    private void Leave(object? sender, EventArgs args) => _ = InvokeAsync(() => Navigation.NavigateTo(
        _circuit?.Reason is SessionEnd.RoleChanged or null ? Navigation.Uri : $"/signin?reason={Names.Of(_circuit.Reason.Value)}", forceLoad: true));
}
