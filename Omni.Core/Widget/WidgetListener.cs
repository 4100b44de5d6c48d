using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;

namespace Omni.Core.Widget;

/// <summary>The ear of one open page. Signals wait here until they are written; a page that is too slow is told to read everything again.</summary>
public sealed class WidgetListener : IDisposable
{
    private const int Most = 128;

    private readonly Channel<WidgetSignal> _waiting = Channel.CreateBounded<WidgetSignal>(new BoundedChannelOptions(Most) { SingleReader = true });
    private readonly Action<WidgetListener> _leave;
    private volatile bool _lost;

    internal WidgetListener(Guid visitorId, string person, Action<WidgetListener> leave) => (VisitorId, Person, _leave) = (visitorId, person, leave);

    /// <summary>Whose page.</summary>
    public Guid VisitorId { get; }

    /// <summary>The person's id on the channel.</summary>
    internal string Person { get; set; }

    /// <summary>Waits for signals.</summary>
    /// <returns>False when none came within the time.</returns>
    public async Task<bool> WaitAsync(TimeSpan atMost, CancellationToken ct)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(atMost);
        try
        {
            return await _waiting.Reader.WaitToReadAsync(patience.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return false;
        }
    }

    /// <summary>Takes the next signal, if there is one.</summary>
    public bool TryTake([MaybeNullWhen(false)] out WidgetSignal signal)
    {
        if (_lost)
        {
            while (_waiting.Reader.TryRead(out _))
            {
                continue; // the page reads everything again
            }

            (_lost, signal) = (false, WidgetSignal.Reset);
            return true;
        }

        return _waiting.Reader.TryRead(out signal);
    }

    /// <inheritdoc/>
    public void Dispose() => _leave(this);

    /// <summary>True when the chat is no longer there.</summary>
    public bool IsOver { get; private set; }

    /// <summary>The chat was switched off: the page must not wait any longer.</summary>
    internal void End()
    {
        IsOver = true;
        _waiting.Writer.TryComplete();
    }

    internal void Offer(WidgetSignal signal)
    {
        if (!_waiting.Writer.TryWrite(signal))
        {
            _lost = true;
        }
    }
}
