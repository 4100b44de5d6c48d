using Omni.Core.Events;
using Omni.Core.Identity;
using Omni.Core.Inbox;

namespace Omni.Web.Inbox;

/// <summary>Says that the reader looks at one conversation, and knows who else does. Lives as long as the pane.</summary>
/// <param name="actor">The reader.</param>
/// <param name="conversationId">The conversation.</param>
/// <param name="presence">Where colleagues are told.</param>
/// <param name="marks">Where the reader's view is noted, so that no bell rings for what is before the eyes.</param>
/// <param name="clock">The clock.</param>
/// <param name="report">Told when the note could not be written; it is tried again in a moment.</param>
internal sealed class PaneViewing(Actor actor, Guid conversationId, Presence presence, IInboxMarks marks, TimeProvider clock, Action<Exception> report)
{
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan ViewLasts = TimeSpan.FromSeconds(45);
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(20);

    private readonly OthersHere _others = new(actor.UserId);
    private bool _visible;

    /// <summary>Who else looks; empty when nobody does.</summary>
    internal string Viewers => _others.Viewers;

    /// <summary>Who writes; empty when nobody does.</summary>
    internal string Writers => _others.Writers;

    /// <summary>Takes a sign of somebody else in.</summary>
    /// <returns>True when something on the screen is different now.</returns>
    internal bool Apply(ChangeEvent sign) => _others.Apply(sign, clock.GetUtcNow());

    /// <summary>The conversation came before the reader's eyes, or went.</summary>
    internal Task ShowAsync(bool visible, CancellationToken ct)
    {
        _visible = visible;
        return marks.ViewAsync(actor, conversationId, visible ? clock.GetUtcNow() + ViewLasts : null, ct);
    }

    /// <summary>Repeats the reader's sign and forgets those of others that are too old, until it is stopped.</summary>
    /// <param name="onCircuit">Runs something on the circuit and draws the pane when that changed something.</param>
    /// <param name="ct">Stops it.</param>
    internal async Task StayAsync(Func<Func<bool>, Task> onCircuit, CancellationToken ct)
    {
        try
        {
            using var beat = new PeriodicTimer(Beat, clock);
            var next = clock.GetUtcNow();
            do
            {
                var now = clock.GetUtcNow();
                if (now >= next)
                {
                    next = now + Every;
                    await SignAsync(now, ct);
                }

                if (_others.Any)
                {
                    await onCircuit(() => _others.Forget(now));
                }
            }
            while (await beat.WaitForNextTickAsync(ct));
        }
        catch (Exception ended) when (ct.IsCancellationRequested && ended is OperationCanceledException or ObjectDisposedException)
        {
            return; // the pane was closed, or its circuit ended while it was told
        }
    }

    /// <summary>The pane is closed.</summary>
    internal async Task LeaveAsync()
    {
        presence.Left(actor, conversationId);
        if (_visible)
        {
            await marks.ViewAsync(actor, conversationId, null, CancellationToken.None);
        }
    }

    private async Task SignAsync(DateTimeOffset now, CancellationToken ct)
    {
        presence.Viewing(actor, conversationId);
        if (!_visible)
        {
            return;
        }

        try
        {
            await marks.ViewAsync(actor, conversationId, now + ViewLasts, ct);
        }
        catch (Exception failure) when (!ct.IsCancellationRequested)
        {
            report(failure);
        }
    }
}
