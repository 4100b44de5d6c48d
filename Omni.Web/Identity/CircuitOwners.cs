using System.Collections.Concurrent;
using Microsoft.AspNetCore.SignalR;

namespace Omni.Web.Identity;

/// <summary>
/// Gives a circuit back after a break only to the session that began it. The framework asks for the circuit's secret alone, so whoever
/// learned one could go on as somebody else.
/// </summary>
internal sealed class CircuitOwners(TimeProvider clock) : IHubFilter
{
    // Longer than a circuit without a line is kept.
    private static readonly TimeSpan Kept = TimeSpan.FromMinutes(10);

    private readonly ConcurrentDictionary<string, Owner> _owners = new(StringComparer.Ordinal);

    private long _forgotten;

    public async ValueTask<object?> InvokeMethodAsync(HubInvocationContext invocationContext, Func<HubInvocationContext, ValueTask<object?>> next)
    {
        var (call, session) = (invocationContext, invocationContext.Context.User?.FindFirst(SessionCookies.SessionClaim)?.Value);
        switch (call.HubMethodName)
        {
            case "StartCircuit":
                Forget();
                var started = await next(call);
                Keep(started as string, call, session);
                return started;
            case "ConnectCircuit":
                var secret = call.HubMethodArguments is [string text, ..] ? text : "";
                if (_owners.TryGetValue(secret, out var owner) && owner.Session != session)
                {
                    return false; // as for a circuit that is not there
                }

                var connected = await next(call);
                Keep(connected is true ? secret : null, call, session);
                return connected;
            default:
                return await next(call);
        }
    }

    public Task OnDisconnectedAsync(HubLifetimeContext context, Exception? exception, Func<HubLifetimeContext, Exception?, Task> next)
    {
        // A circuit that went over to another line in the meantime is not left alone.
        if (context.Context.Items.TryGetValue(this, out var kept) && kept is string secret && _owners.TryGetValue(secret, out var owner) && owner.ConnectionId == context.Context.ConnectionId)
        {
            _owners.TryUpdate(secret, owner with { LeftAt = clock.GetUtcNow() }, owner);
        }

        return next(context, exception);
    }

    private void Keep(string? secret, HubInvocationContext call, string? session)
    {
        if (secret is not null)
        {
            call.Context.Items[this] = secret;
            _owners[secret] = new Owner(session, call.Context.ConnectionId, null);
        }
    }

    private void Forget()
    {
        var (now, last) = (clock.GetUtcNow(), Interlocked.Read(ref _forgotten));
        if (now.UtcTicks - last < TimeSpan.TicksPerMinute || Interlocked.CompareExchange(ref _forgotten, now.UtcTicks, last) != last)
        {
            return;
        }

        var before = now - Kept;
        foreach (var (secret, _) in _owners.Where(o => o.Value.LeftAt < before))
        {
            _owners.TryRemove(secret, out _);
        }
    }

    private sealed record Owner(string? Session, string ConnectionId, DateTimeOffset? LeftAt);
}
