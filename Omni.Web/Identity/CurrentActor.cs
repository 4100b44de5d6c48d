using System.Security.Claims;
using Omni.Core.Common;
using Omni.Core.Identity;

namespace Omni.Web.Identity;

/// <summary>Who acts in the present request, or in the circuit whose services these are.</summary>
internal sealed class CurrentActor(IHttpContextAccessor http, SessionReader sessions) : ICurrentActor, ICurrentSession
{
    private const string OrganizationHeader = "X-Organization-Id";

    private (Guid? SessionId, Guid? OrganizationId, Caller Caller)? _circuit;

    public Caller Caller => _circuit?.Caller ?? (http.HttpContext is { } request ? Callers.Of(request) : new Caller(null, ""));

    async ValueTask<Result<SessionState>> ICurrentSession.GetAsync(CancellationToken ct)
    {
        var id = _circuit is { } circuit ? circuit.SessionId : SessionCookies.SessionIdOf(http.HttpContext?.User);
        if (id is not { } sessionId)
        {
            return _circuit is null && http.HttpContext?.Items[SessionCookies.RefusalKey] is Refusal refusal ? refusal : new Refusal.Unauthenticated();
        }

        var state = await sessions.ReadAsync(sessionId, ct);
        return state switch
        {
            null => SessionState.Refuse(SessionEnd.Revoked),
            { Refusal: { } ended } => ended,
            _ => state with { Address = Caller.AddressText },
        };
    }

    async ValueTask<Result<Actor>> ICurrentActor.GetAsync(CancellationToken ct)
    {
        if (!(await ((ICurrentSession)this).GetAsync(ct)).Succeeded(out var state, out var refusal))
        {
            return refusal;
        }

        // A circuit stays in the organization it was opened in: a switch in another window must not move what is typed here.
        if (_circuit is { } circuit)
        {
            return state.ActIn(circuit.OrganizationId);
        }

        var header = http.HttpContext?.Request.Headers[OrganizationHeader].ToString();
        return string.IsNullOrEmpty(header) ? state.ActIn()
            : Guid.TryParse(header, out var organizationId) ? state.ActIn(organizationId)
            : new Refusal.Invalid(OrganizationHeader, "The id of an organization.");
    }

    /// <summary>Makes these services a circuit's.</summary>
    internal async Task UseCircuitAsync(ClaimsPrincipal principal, CancellationToken ct)
    {
        var caller = http.HttpContext is { } request ? Callers.Of(request) : new Caller(null, "");
        var sessionId = SessionCookies.SessionIdOf(principal);
        var state = sessionId is { } id ? await sessions.ReadAsync(id, ct) : null;
        _circuit = (sessionId, state?.OrganizationId, caller);
    }
}
