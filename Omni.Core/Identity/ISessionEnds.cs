namespace Omni.Core.Identity;

/// <summary>Tells what stays open for a session (streams, long downloads) when it must end: session, membership or organization ended, or the role changed. Within 5 s.</summary>
public interface ISessionEnds
{
    /// <summary>Begins to watch.</summary>
    /// <param name="actor">Whose rights the stream was opened with.</param>
    /// <returns>Dispose it when the stream is over.</returns>
    ISessionEnd Watch(Actor actor);
}

/// <summary>One watched stream.</summary>
public interface ISessionEnd : IDisposable
{
    /// <summary>Cancelled when the stream must end.</summary>
    CancellationToken Ended { get; }
}
