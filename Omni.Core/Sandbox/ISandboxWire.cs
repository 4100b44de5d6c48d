namespace Omni.Core.Sandbox;

/// <summary>Delivers what pretend platforms say, by real requests to this program's own webhook address, and notes each delivery.</summary>
public interface ISandboxWire
{
    /// <summary>Posts a delivery until it is answered 200, at most five times, and notes it.</summary>
    /// <param name="account">Whose delivery it is.</param>
    /// <param name="entry">What it says, with body and headers; gets what was answered.</param>
    /// <param name="ct">Ends the attempts; what was done until then is still noted.</param>
    Task DeliverAsync(SandboxAccount account, SandboxEntry entry, CancellationToken ct);
}
