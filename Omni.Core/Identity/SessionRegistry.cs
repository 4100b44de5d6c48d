using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Omni.Core.Events;
using Omni.Core.Tenancy;

namespace Omni.Core.Identity;

/// <summary>Everything on this node that stays open for a session: circuits, event streams, downloads. Ends them within 5 s when the session, the membership or the organization does, or when the role changes.</summary>
public sealed partial class SessionRegistry(SessionReader sessions, IEventBus bus, ILogger<SessionRegistry> log)
{
    /// <summary>How often every watched session is looked at, for hints that were lost.</summary>
    public static readonly TimeSpan SweepEvery = TimeSpan.FromSeconds(3);

    private readonly ConcurrentDictionary<SessionWatch, byte> _watches = new();

    /// <summary>How many circuits and streams are watched.</summary>
    public int Count => _watches.Count;

    /// <summary>Begins to watch for one circuit, stream or download. Dispose it when that is over.</summary>
    /// <param name="actor">Whose rights it was opened with.</param>
    public SessionWatch Watch(Actor actor)
    {
        ArgumentNullException.ThrowIfNull(actor);
        var watch = new SessionWatch(actor, w => _watches.TryRemove(w, out _));
        _watches[watch] = 0;
        watch.Listen(bus.Subscribe(actor.OrganizationId, ChangeEvent.User(actor.UserId), async change =>
        {
            if (change.Name is EventNames.SessionEnded or EventNames.MemberLeft or EventNames.MemberUpdated)
            {
                await CheckAsync([watch], CancellationToken.None);
            }
        }));
        return watch;
    }

    /// <summary>Looks at every watched session with one query.</summary>
    public Task SweepAsync(CancellationToken ct) => CheckAsync([.. _watches.Keys], ct);

    private async Task CheckAsync(IReadOnlyCollection<SessionWatch> watches, CancellationToken ct)
    {
        if (watches.Count == 0)
        {
            return;
        }

        var states = await sessions.ReadFreshAsync([.. watches.Select(w => w.Actor.SessionId).Distinct()], ct);
        foreach (var watch in watches)
        {
            if (Judge(watch.Actor, states.GetValueOrDefault(watch.Actor.SessionId)) is { } end && watch.End(end))
            {
                Ended(watch.Actor.SessionId, end);
            }
        }
    }

    private static SessionEnd? Judge(Actor actor, SessionState? state)
    {
        var place = state?.Places.FirstOrDefault(p => p.OrganizationId == actor.OrganizationId);
        return state switch
        {
            null => SessionEnd.Revoked,
            { EndedBy: { } end } => end,
            _ when place is null => SessionEnd.Removed,
            _ when place.Status == OrganizationStatus.Suspended => SessionEnd.Suspended,
            _ when place.Role != actor.Role => SessionEnd.RoleChanged,
            _ => null,
        };
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "A circuit or stream of session {Session} ends: {End}")]
    private partial void Ended(Guid session, SessionEnd end);
}

/// <summary>One watched circuit, stream or download.</summary>
public sealed class SessionWatch : IDisposable
{
    private readonly CancellationTokenSource _ended = new();
    private readonly Action<SessionWatch> _forget;
    private IDisposable? _subscription;

    internal SessionWatch(Actor actor, Action<SessionWatch> forget)
    {
        (Actor, _forget, Ended) = (actor, forget, _ended.Token);
    }

    /// <summary>Whose rights it was opened with.</summary>
    public Actor Actor { get; }

    /// <summary>Cancelled when it must end.</summary>
    public CancellationToken Ended { get; }

    /// <summary>Why it must end; null while it may go on.</summary>
    public SessionEnd? Reason { get; private set; }

    /// <inheritdoc/>
    public void Dispose()
    {
        _forget(this);
        _subscription?.Dispose();
        _ended.Dispose();
    }

    internal void Listen(IDisposable subscription) => _subscription = subscription;

    internal bool End(SessionEnd reason)
    {
        if (Reason is not null)
        {
            return false;
        }

        Reason = reason;
        try
        {
            _ended.Cancel();
        }
        catch (ObjectDisposedException)
        {
            return false; // it was closed by its owner in this very moment
        }

        return true;
    }
}
