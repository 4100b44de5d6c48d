using Omni.Core.Common;
using Omni.Core.Sandbox;

namespace Omni.Infrastructure.Sandbox;

/// <summary>Notes what passed between Omni and pretend platforms, and tells open pages.</summary>
internal sealed class SandboxLedger(IOmniDbFactory dbs, TimeProvider clock)
{
    /// <summary>Characters kept of an answer.</summary>
    internal const int MostAnswer = 4_000;

    /// <summary>Notes one thing.</summary>
    public async Task AddAsync(SandboxEntry entry)
    {
        // Not cut off with the call: what happened, happened.
        await using var db = await dbs.OpenAsync(entry.OrganizationId, CancellationToken.None);
        db.Set<SandboxEntry>().Add(entry);
        db.Raise(SandboxService.Changed(entry.OrganizationId, entry.ChannelId, clock.GetUtcNow()));
        await db.CommitAsync(CancellationToken.None);
    }

    /// <summary>The part of an answer that is kept.</summary>
    public static string Cut(string answer) => (answer.Length <= MostAnswer ? answer : answer[..MostAnswer]).Replace("\0", "", StringComparison.Ordinal);
}
