using Omni.Core.Common;

namespace Omni.Core.Identity;

/// <summary>Who is behind the present request or circuit. The only way pages and controllers get an <see cref="Actor"/>: session, membership and organization are checked, at most 5 s old.</summary>
public interface ICurrentActor
{
    /// <summary>The actor, or why there is none (not signed in, session ended, organization suspended, no member).</summary>
    ValueTask<Result<Actor>> GetAsync(CancellationToken ct);
}
