using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace Omni.Web.Shared;

/// <summary>What a page's first answer has read waits here for the circuit that takes the page over, so that nothing is read twice and nothing travels through the browser but a ticket. On another node, or too late, the circuit reads for itself. One per node.</summary>
/// <param name="clock">The clock.</param>
public sealed class Handover(TimeProvider clock)
{
    private const int Most = 1_024;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<Guid, (object State, DateTimeOffset Until)> _waiting = new();
    private readonly ConcurrentQueue<Guid> _order = new();

    /// <summary>Keeps something for a moment.</summary>
    /// <returns>The ticket. It is as good as what it stands for: it must reach nobody but the reader.</returns>
    public Guid Keep(object state)
    {
        var (ticket, now) = (new Guid(RandomNumberGenerator.GetBytes(16)), clock.GetUtcNow()); // an OmniId tells its time: too little to guess
        _waiting[ticket] = (state, now + Patience);
        _order.Enqueue(ticket);
        while (_order.TryPeek(out var oldest) && (_waiting.Count > Most || !_waiting.TryGetValue(oldest, out var kept) || kept.Until < now) && _order.TryDequeue(out var gone))
        {
            _waiting.TryRemove(gone, out _);
        }

        return ticket;
    }

    /// <summary>Hands it out, once.</summary>
    /// <param name="ticket">The ticket; null when there is none.</param>
    /// <returns>Null when nothing waits under it any more.</returns>
    public T? Take<T>(Guid? ticket)
        where T : class =>
        ticket is { } known && _waiting.TryRemove(known, out var kept) && kept.Until >= clock.GetUtcNow() ? kept.State as T : null;
}
