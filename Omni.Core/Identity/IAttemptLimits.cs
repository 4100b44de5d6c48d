using Omni.Core.Common;

namespace Omni.Core.Identity;

/// <summary>Counts attempts over all nodes and makes callers wait that fail too often. An attempt is counted before it is checked, so that many at once do not slip through.</summary>
public interface IAttemptLimits
{
    /// <summary>Counts an attempt.</summary>
    /// <param name="key">Who tries what; see <see cref="AttemptKey"/>.</param>
    /// <param name="rule">How many are free, and how long the waits are.</param>
    /// <param name="ct">Stops waiting.</param>
    /// <returns>How many free attempts are left after this one, or a refusal with the time to wait; a refused attempt is not counted.</returns>
    Task<Result<int>> TakeAsync(byte[] key, AttemptRule rule, CancellationToken ct);

    /// <summary>Takes one counted attempt back: it was none of those that are limited.</summary>
    Task ForgiveAsync(byte[] key, CancellationToken ct);

    /// <summary>Forgets all attempts: the right person came.</summary>
    Task ClearAsync(byte[] key, CancellationToken ct);
}

/// <summary>How many attempts are free and how the wait grows.</summary>
/// <param name="Free">Attempts without a wait.</param>
/// <param name="Window">Attempts are forgotten when none came for this long.</param>
/// <param name="FirstWait">Wait after the last free attempt; doubles with each further one, up to <paramref name="Window"/>.</param>
public sealed record AttemptRule(int Free, TimeSpan Window, TimeSpan FirstWait)
{
    /// <summary>Sign-in to one account from one address: five, then waits of one minute and more.</summary>
    public static AttemptRule SignIn { get; } = new(5, TimeSpan.FromMinutes(15), TimeSpan.FromMinutes(1));

    /// <summary>Everything of one address together (offices share one, so it is wide).</summary>
    public static AttemptRule Address { get; } = new(50, TimeSpan.FromMinutes(15), TimeSpan.FromMinutes(1));

    /// <summary>One account from all addresses together where its owner was never signed in: guesses from many addresses. The owner's own places are not counted, so that strangers cannot lock the owner out there.</summary>
    public static AttemptRule Account { get; } = new(100, TimeSpan.FromMinutes(15), TimeSpan.FromMinutes(1));

    /// <summary>Letters to one account.</summary>
    public static AttemptRule Letters { get; } = new(3, TimeSpan.FromMinutes(15), TimeSpan.FromMinutes(5));
}

/// <summary>Keys of counted attempts: hashes, so that the table tells nothing about people.</summary>
public static class AttemptKey
{
    /// <summary>The key of these parts.</summary>
    public static byte[] Of(params ReadOnlySpan<string> parts) => Tokens.Hash(string.Join('\n', parts));
}
