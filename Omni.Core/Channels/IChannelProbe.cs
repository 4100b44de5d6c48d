namespace Omni.Core.Channels;

/// <summary>Asks platforms whether the connected channels still work. Called by a job once an hour on one node.</summary>
public interface IChannelProbe
{
    /// <summary>Probes every connected channel and keeps what was found with the channel; a channel that fails does not stop the others.</summary>
    Task ProbeAllAsync(CancellationToken ct);
}
