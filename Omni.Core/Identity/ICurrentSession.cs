using Omni.Core.Common;

namespace Omni.Core.Identity;

/// <summary>The session behind the present request or circuit, whatever organization it works in. For what concerns the account itself; everything else asks <see cref="ICurrentActor"/>.</summary>
public interface ICurrentSession
{
    /// <summary>The session, or why there is none.</summary>
    ValueTask<Result<SessionState>> GetAsync(CancellationToken ct);

    /// <summary>Where the call comes from.</summary>
    Caller Caller { get; }
}
