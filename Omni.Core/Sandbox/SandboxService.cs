using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Omni.Core.Channels;
using Omni.Core.Common;
using Omni.Core.Events;
using Omni.Core.Identity;
using Omni.Core.Inbox;
using Omni.Core.Media;
using Omni.Core.Operations;
using Omni.Core.Tenancy;

namespace Omni.Core.Sandbox;

/// <summary>
/// Play channels: an owner writes as a customer of a pretend platform, and everything else is real. Deliveries are signed and posted to this
/// program's own webhook address, sends go to a simulator inside the program. For owners only, and only where <c>Omni:Sandbox</c> allows it.
/// </summary>
public sealed partial class SandboxService(
    IOmniDbFactory dbs,
    ChannelService channels,
    IChannelCredentials credentials,
    IChannelAdapters adapters,
    IChannelRoutes routes,
    ISecrets secrets,
    IEnumerable<ISandboxPlatform> platforms,
    ISandboxWire wire,
    IRateBuckets buckets,
    IAdvisoryLocks locks,
    IOptions<OmniOptions> options,
    TimeProvider clock)
{
    /// <summary>Play channels an organization may have.</summary>
    public const int MostChannels = 5;

    /// <summary>How often pretend customers of one organization may do something.</summary>
    public static readonly BucketRate Pace = new(PerMinute: 20, Burst: 20);

    private static readonly Refusal Unknown = new Refusal.NotFound("The sandbox channel");
    private readonly Dictionary<ChannelKind, ISandboxPlatform> _platforms = platforms.ToDictionary(p => p.Kind);

    /// <summary>True where the installation has a sandbox at all.</summary>
    public bool IsOffered => options.Value.Sandbox;

    /// <summary>Platforms that can be pretended.</summary>
    public IReadOnlyCollection<ChannelKind> Kinds => _platforms.Keys;

    /// <summary>The organization's play channels, the oldest first.</summary>
    public async Task<Result<IReadOnlyList<ConnectedChannel>>> ListAsync(Actor actor, CancellationToken ct)
    {
        if (Closed(actor) is { } closed)
        {
            return closed;
        }

        return (await channels.ListAsync(actor, ct)).Succeeded(out var all, out var refusal)
            ? all.Where(c => c.Sandbox).OrderBy(c => c.CreatedAt).ThenBy(c => c.Id).ToList()
            : refusal;
    }

    /// <summary>A play channel with what passed and what Omni made of it.</summary>
    public async Task<Result<SandboxView>> GetAsync(Actor actor, Guid channelId, CancellationToken ct)
    {
        if (!(await FindAsync(actor, channelId, ct)).Succeeded(out var account, out var refusal)
            || !(await channels.GetAsync(actor, channelId, ct)).Succeeded(out var channel, out refusal))
        {
            return refusal;
        }

        var platform = _platforms[account.Kind];
        await using var db = await dbs.OpenAsync(actor.OrganizationId, ct);
        var entries = await db.Set<SandboxEntry>().AsNoTracking().Where(e => e.ChannelId == channelId).OrderByDescending(e => e.Id).Take(SandboxView.MostLines).ToListAsync(ct);
        var outcomes = await OutcomesAsync(db, channelId, entries, ct);
        var contacts = entries.Where(e => e.Kind == SandboxEntryKind.Inbound).OrderByDescending(e => e.At).DistinctBy(e => e.ContactId)
            .Select(e => new SandboxContact(e.ContactId, e.ContactName, platform.ContactWords(e.ContactId))).ToList();
        var lines = entries.OrderBy(e => e.At).ThenBy(e => e.Id).Select(e => new SandboxLine(e, IsSigned(account, e), Outcome(outcomes, e))).ToList();
        return new SandboxView(channel, account.Behaviour, platform.Types, lines, contacts);
    }

    /// <summary>Forgets what passed and lets the platform behave again. Conversations stay in the inbox.</summary>
    public async Task<Result<Done>> StartOverAsync(Actor actor, Guid channelId, CancellationToken ct)
    {
        if (!(await SetBehaviourAsync(actor, channelId, new SandboxBehaviour(), ct)).Succeeded(out _, out var refusal))
        {
            return refusal;
        }

        await using var db = await dbs.OpenAsync(actor.OrganizationId, ct);
        await db.Set<SandboxEntry>().Where(e => e.ChannelId == channelId).ExecuteDeleteAsync(ct);
        db.Raise(Changed(actor.OrganizationId, channelId, clock.GetUtcNow()));
        await db.CommitAsync(ct);
        return default(Done);
    }

    /// <summary>The event that tells open pages to look again.</summary>
    public static ChangeEvent Changed(Guid organizationId, Guid channelId, DateTimeOffset now) =>
        new(organizationId, ChangeEvent.Sandbox(channelId), EventNames.SandboxUpdated, new JsonObject { ["channelId"] = channelId.ToString() }, now);

    private static SandboxOutcome? Outcome(Dictionary<string, SandboxOutcome> outcomes, SandboxEntry entry) =>
        (entry.MessageId is { } id ? outcomes.GetValueOrDefault(id) : null) ?? (entry.Reference is { } own ? outcomes.GetValueOrDefault(own.ToString()) : null);

    private static async Task<Dictionary<string, SandboxOutcome>> OutcomesAsync(IOmniDb db, Guid channelId, List<SandboxEntry> entries, CancellationToken ct)
    {
        var ids = entries.Select(e => e.MessageId).OfType<string>().Distinct().ToList();
        var own = entries.Select(e => e.Reference).OfType<Guid>().Distinct().ToList();
        var messages = await db.Messages.AsNoTracking()
            .Where(m => m.ChannelId == channelId && ((m.ExternalId != null && ids.Contains(m.ExternalId)) || own.Contains(m.Id)))
            .Select(m => new { m.Id, m.ExternalId, m.ConversationId, m.Status, m.ErrorMessage }).ToListAsync(ct);
        var messageIds = messages.ConvertAll(m => m.Id);
        var files = (await db.Attachments.AsNoTracking().Where(a => a.MessageId != null && messageIds.Contains(a.MessageId.Value) && a.State == AttachmentState.Stored)
            .OrderBy(a => a.Index).Select(a => new { a.MessageId, a.Id, a.Type }).ToListAsync(ct)).ToLookup(a => a.MessageId, a => new SandboxFile(a.Id, a.Type));
        var outcomes = new Dictionary<string, SandboxOutcome>(StringComparer.Ordinal);
        foreach (var message in messages)
        {
            var outcome = new SandboxOutcome(message.Id, message.ConversationId, message.Status, message.Status == MessageStatus.Failed ? message.ErrorMessage : null, [.. files[message.Id]]);
            outcomes[message.Id.ToString()] = outcome;
            outcomes[message.ExternalId ?? message.Id.ToString()] = outcome;
        }

        return outcomes;
    }

    private bool IsSigned(SandboxAccount account, SandboxEntry entry) =>
        entry.Kind is SandboxEntryKind.Inbound or SandboxEntryKind.Status
        && adapters.Find(account.Kind)?.IsAuthentic(
            new WebhookDelivery(entry.Body, JsonSerializer.Deserialize<Dictionary<string, string>>(entry.Headers) ?? []), account.Credentials.GetValueOrDefault(CredentialNames.AppSecret) ?? "") == true;

    private Refusal.Forbidden? Closed(Actor actor)
    {
        ArgumentNullException.ThrowIfNull(actor);
        return !IsOffered ? new Refusal.Forbidden("Sandbox channels are switched off in this installation.")
            : !actor.Is(MemberRole.Owner) ? new Refusal.Forbidden("The sandbox is for owners of the organization.")
            : null;
    }

    private async Task<Result<SandboxAccount>> FindAsync(Actor actor, Guid channelId, CancellationToken ct)
    {
        if (Closed(actor) is { } closed)
        {
            return closed;
        }

        await using var db = await dbs.OpenAsync(actor.OrganizationId, ct);
        var channel = await db.Channels.AsNoTracking().SingleOrDefaultAsync(c => c.Id == channelId && c.Sandbox && c.DeletedAt == null, ct);
        if (channel is null || !_platforms.ContainsKey(channel.Kind) || await credentials.OpenAsync(actor.OrganizationId, channelId, ct) is not { } access)
        {
            return Unknown;
        }

        return new SandboxAccount(channel.OrganizationId, channel.Id, channel.Kind, channel.ExternalAccountId, access.Credentials, SandboxBehaviour.Of(channel.Settings));
    }
}
