using System.Text.Json;

namespace Omni.Infrastructure.Channels.Simulator;

/// <summary>A message that the simulated platform accepted.</summary>
/// <param name="At">When.</param>
/// <param name="AccountId">From which number.</param>
/// <param name="Recipient">To whom.</param>
/// <param name="ClientReference">The sender's own id of it.</param>
/// <param name="Type">Its type.</param>
/// <param name="Text">Its words.</param>
/// <param name="MessageId">The platform's id of it.</param>
internal sealed record LedgerSend(DateTimeOffset At, string AccountId, string Recipient, string? ClientReference, string Type, string? Text, string MessageId);

/// <summary>One attempt to deliver a webhook.</summary>
/// <param name="At">When.</param>
/// <param name="AccountId">Of which number.</param>
/// <param name="About">The message it is about.</param>
/// <param name="What"><c>message</c>, or the reported state.</param>
/// <param name="Attempt">1 for the first.</param>
/// <param name="Status">The answer's HTTP status; 0 without an answer.</param>
internal sealed record LedgerWebhook(DateTimeOffset At, string AccountId, string About, string What, int Attempt, int Status);

/// <summary>A read mark or typing sign.</summary>
/// <param name="At">When.</param>
/// <param name="AccountId">From which number.</param>
/// <param name="MessageId">Up to which message.</param>
/// <param name="Typing">True with a typing sign.</param>
internal sealed record LedgerSignal(DateTimeOffset At, string AccountId, string MessageId, bool Typing);

/// <summary>What the simulated platform really did; only ever appended to. What it says can be held against what Omni believes.</summary>
/// <param name="path">A file that gets one JSON line per entry, written through to the disk; null for memory only.</param>
/// <param name="keeps">False keeps nothing in memory, for a simulator that runs as long as the program and is noted elsewhere.</param>
internal sealed class SimulatorLedger(string? path = null, bool keeps = true) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly List<LedgerSend> _sends = [];
    private readonly List<LedgerWebhook> _webhooks = [];
    private readonly List<LedgerSignal> _signals = [];
    private readonly FileStream? _file = path is null ? null : new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read);

    /// <summary>Accepted messages so far.</summary>
    public IReadOnlyList<LedgerSend> Sends => Copy(_sends);

    /// <summary>Webhook attempts so far.</summary>
    public IReadOnlyList<LedgerWebhook> Webhooks => Copy(_webhooks);

    /// <summary>Read marks and typing signs so far.</summary>
    public IReadOnlyList<LedgerSignal> Signals => Copy(_signals);

    /// <summary>Notes an accepted message; on disk when this returns.</summary>
    public void Add(LedgerSend entry) => Add(_sends, entry);

    /// <summary>Notes a webhook attempt.</summary>
    public void Add(LedgerWebhook entry) => Add(_webhooks, entry);

    /// <summary>Notes a read mark.</summary>
    public void Add(LedgerSignal entry) => Add(_signals, entry);

    /// <inheritdoc/>
    public void Dispose() => _file?.Dispose();

    private void Add<T>(List<T> list, T entry)
    {
        lock (_gate)
        {
            if (keeps)
            {
                list.Add(entry);
            }

            if (_file is not null)
            {
                JsonSerializer.Serialize(_file, new { kind = typeof(T).Name, entry });
                _file.WriteByte((byte)'\n');
                _file.Flush(flushToDisk: true);
            }
        }
    }

    private List<T> Copy<T>(List<T> list)
    {
        lock (_gate)
        {
            return [.. list];
        }
    }
}
