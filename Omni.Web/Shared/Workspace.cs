using Microsoft.Extensions.Options;
using Omni.Core.Channels;
using Omni.Core.Common;
using Omni.Core.Identity;
using Omni.Core.Inbox;
using Omni.Core.Operations;
using Omni.Core.Tenancy;

namespace Omni.Web.Shared;

/// <summary>What every signed-in page of one circuit (or one prerender) knows: who acts, and the organization's people, channels, labels and counts. Loaded once and shared by layout and pages.</summary>
public sealed class Workspace(ICurrentActor current, IInboxDirectory directory, IInboxReader reader, IOptions<OmniOptions> options)
{
    private Task<Refusal?>? _loading;
    private Rereader? _rereader;
    private Actor? _actor;

    /// <summary>Told after counts or directory turned out to be different.</summary>
    public event EventHandler? Changed;

    /// <summary>Who acts.</summary>
    /// <exception cref="InvalidOperationException"><see cref="LoadAsync"/> has not succeeded yet.</exception>
    public Actor Actor => _actor ?? throw new InvalidOperationException("The workspace is not loaded.");

    /// <summary>True once <see cref="LoadAsync"/> succeeded.</summary>
    public bool Loaded => _actor is not null;

    /// <summary>True when the sandbox is open to the person.</summary>
    public bool MayPlay => options.Value.Sandbox && Actor.Is(MemberRole.Owner);

    /// <summary>People, channels and labels.</summary>
    public InboxDirectoryView Directory { get; private set; } = new("", [], [], []);

    /// <summary>How many conversations each view has.</summary>
    public InboxCounts Counts { get; private set; } = new(0, 0, 0, 0, 0, 0, 0, new Dictionary<Guid, int>(), new Dictionary<Guid, int>());

    /// <summary>Loads once; later calls answer the first result.</summary>
    /// <param name="known">What a prerender of the same page has already read; null when nothing.</param>
    /// <returns>Why nobody may work here, or null when all is well.</returns>
    public Task<Refusal?> LoadAsync(WorkspaceState? known = null) => _loading ??= ReadAsync(known);

    /// <summary>What to hand from a prerender to the circuit.</summary>
    public WorkspaceState State => new(Directory, Counts);

    /// <summary>Reads the counts again.</summary>
    public async Task RefreshCountsAsync(CancellationToken ct)
    {
        var counts = await reader.CountsAsync(Actor, ct);
        if (!IsSame(counts, Counts))
        {
            Counts = counts;
            Changed?.Invoke(this, EventArgs.Empty);
        }
    }

    /// <summary>Reads people, channels and labels again.</summary>
    public Task RefreshDirectoryAsync() => (_rereader ??= new Rereader(ReadDirectoryAsync)).AgainAsync();

    /// <summary>True when a channel does not work, or only in part.</summary>
    public bool ChannelTrouble => Directory.Channels.Any(c => c.Status is ChannelStatus.NeedsReauth or ChannelStatus.Degraded);

    /// <summary>The channel, or null when it is gone.</summary>
    public ChannelView? Channel(Guid id) => Directory.Channels.FirstOrDefault(c => c.Id == id);

    private async Task ReadDirectoryAsync()
    {
        var now = await directory.ReadAsync(Actor, CancellationToken.None);
        if (!IsSame(now, Directory))
        {
            Directory = now;
            Changed?.Invoke(this, EventArgs.Empty);
        }
    }

    // What is the same draws nothing: most events about an organization change nothing that its pages show.
    private static bool IsSame(InboxCounts one, InboxCounts other) =>
        IsSame(one.Channels, other.Channels) && IsSame(one.Labels, other.Labels) && one with { Channels = other.Channels, Labels = other.Labels } == other;

    private static bool IsSame(IReadOnlyDictionary<Guid, int> one, IReadOnlyDictionary<Guid, int> other) =>
        one.Count == other.Count && one.All(c => other.TryGetValue(c.Key, out var count) && count == c.Value);

    private static bool IsSame(InboxDirectoryView one, InboxDirectoryView other) =>
        one.Members.SequenceEqual(other.Members) && one.Channels.SequenceEqual(other.Channels) && one.Labels.SequenceEqual(other.Labels)
        && one with { Members = other.Members, Channels = other.Channels, Labels = other.Labels } == other;

    private async Task<Refusal?> ReadAsync(WorkspaceState? known)
    {
        if (!(await current.GetAsync(CancellationToken.None)).Succeeded(out var actor, out var refusal))
        {
            return refusal;
        }

        if (known is not null)
        {
            (Directory, Counts) = (known.Directory, known.Counts);
        }
        else
        {
            var counts = reader.CountsAsync(actor, CancellationToken.None);
            Directory = await directory.ReadAsync(actor, CancellationToken.None);
            Counts = await counts;
        }

        _actor = actor;
        return null;
    }
}

/// <summary>What a prerender hands to the circuit, so that nothing is read twice.</summary>
/// <param name="Directory">People, channels and labels.</param>
/// <param name="Counts">How many conversations each view has.</param>
public sealed record WorkspaceState(InboxDirectoryView Directory, InboxCounts Counts);
