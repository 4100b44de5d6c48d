using Omni.Core.Identity;

namespace Omni.Web.Identity;

/// <summary>What the page of sessions and tokens shows.</summary>
/// <param name="Me">The present session.</param>
/// <param name="Now">When it was read (UTC).</param>
/// <param name="Sessions">Where the person is signed in.</param>
/// <param name="Tokens">Their API tokens, without the tokens themselves.</param>
public sealed record SessionsContent(Guid Me, DateTimeOffset Now, IReadOnlyList<SessionView> Sessions, IReadOnlyList<ApiTokenView> Tokens);

/// <summary>A session in the list.</summary>
/// <param name="Id">Identity.</param>
/// <param name="Kind">Browser or program.</param>
/// <param name="Device">What the program calls itself.</param>
/// <param name="Address">Network address; null when unknown.</param>
/// <param name="CreatedAt">Since when (UTC).</param>
/// <param name="LastSeenAt">Last use (UTC).</param>
public sealed record SessionView(Guid Id, SessionKind Kind, string Device, string? Address, DateTimeOffset CreatedAt, DateTimeOffset LastSeenAt)
{
    /// <summary>The row of a session.</summary>
    public static SessionView Of(Session session)
    {
        ArgumentNullException.ThrowIfNull(session);
        return new SessionView(session.Id, session.Kind, session.Device, session.Address, session.CreatedAt, session.LastSeenAt);
    }
}
