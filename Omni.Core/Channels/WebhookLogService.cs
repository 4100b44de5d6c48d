using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Omni.Core.Common;
using Omni.Core.Identity;
using Omni.Core.Tenancy;

namespace Omni.Core.Channels;

/// <summary>Lets administrators look at what platforms delivered and apply it again. Slices that belong to nobody are for administrators of the installation.</summary>
public sealed class WebhookLogService(IWebhookLog log, IOmniDbFactory dbs, IChannelAdapters adapters, WorkSignals signals, TimeProvider clock)
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly JsonDocumentOptions Shallow = new() { MaxDepth = 64 };

    /// <summary>A page of slices, newest first.</summary>
    public async Task<Result<Page<WebhookEvent>>> ListAsync(Actor actor, WebhookFilter filter, string? cursor, int? limit, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(filter);
        if (!Scope(actor, filter.State).Succeeded(out var scope, out var refusal))
        {
            return refusal;
        }

        long before = 0;
        if (cursor is not null && !Cursor.TryRead(cursor, out before, out int _))
        {
            return new Refusal.Invalid("cursor", "This cursor is not from here. Start without one.");
        }

        var take = Cursor.Limit(limit);
        var rows = await log.ListAsync(scope, filter, cursor is null ? null : before, take + 1, ct);
        return rows.Count > take
            ? new Page<WebhookEvent>([.. rows.Take(take)], Cursor.Write(rows[take - 1].Id, 0), take)
            : new Page<WebhookEvent>(rows, null, take);
    }

    /// <summary>One slice with its body. Another organization's does not exist.</summary>
    public async Task<Result<WebhookDetail>> GetAsync(Actor actor, long id, CancellationToken ct)
    {
        return !Scope(actor, null).Succeeded(out var scope, out var refusal) ? refusal
            : await log.FindAsync(scope, id, ct) is { } slice ? Detail(slice)
            : Unknown;
    }

    /// <summary>Applies one slice again, whatever its state.</summary>
    /// <returns>The replay, whose progress can be asked for.</returns>
    public async Task<Result<WebhookReplay>> ReplayAsync(Actor actor, long id, CancellationToken ct)
    {
        if (!Scope(actor, null).Succeeded(out var scope, out var refusal))
        {
            return refusal;
        }

        if (await log.FindAsync(scope, id, ct) is not { } slice)
        {
            return Unknown;
        }

        var replay = OmniId.New();
        var count = await log.ReplayAsync(scope, new WebhookFilter(), id, replay, ct);
        if (count == 0 && slice.Event.State != InboundState.Pending)
        {
            return new Refusal.Conflict(slice.Event switch
            {
                { State: InboundState.Unrouted } => "Nobody has connected this account yet. It is applied by itself once somebody does.",
                { ChannelId: null } => "It cannot be told whose this is, so it cannot be applied.",
                _ => "It changed meanwhile. Look again.",
            });
        }

        await AuditAsync(actor, $"webhook:{id}", 1, null, ct);
        signals.Inbound.Set();
        return new WebhookReplay(replay, count, count, 0, 0, 0);
    }

    /// <summary>Applies all slices of a filter again.</summary>
    /// <returns>The replay, whose progress can be asked for.</returns>
    public async Task<Result<WebhookReplay>> ReplayAllAsync(Actor actor, WebhookFilter filter, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(filter);
        if (!Scope(actor, filter.State).Succeeded(out var scope, out var refusal))
        {
            return refusal;
        }

        if (filter.State is null or InboundState.Pending)
        {
            return new Refusal.Invalid("status", "Name which ones: failed, quarantined or processed.");
        }

        var id = OmniId.New();
        var count = await log.ReplayAsync(scope, filter, null, id, ct);
        if (count > 0)
        {
            await AuditAsync(actor, null, count, filter, ct);
            signals.Inbound.Set();
        }

        return new WebhookReplay(id, count, count, 0, 0, 0);
    }

    /// <summary>How far a replay is. One that put nothing back, or another organization's, does not exist.</summary>
    public async Task<Result<WebhookReplay>> ProgressAsync(Actor actor, Guid replayId, CancellationToken ct)
    {
        if (!Scope(actor, null).Succeeded(out var scope, out var refusal))
        {
            return refusal;
        }

        var states = await log.ProgressAsync(scope, replayId, ct);
        return states.Count == 0
            ? new Refusal.NotFound("The replay")
            : new WebhookReplay(
                replayId, states.Values.Sum(), states.GetValueOrDefault(InboundState.Pending), states.GetValueOrDefault(InboundState.Processed),
                states.GetValueOrDefault(InboundState.Failed), states.GetValueOrDefault(InboundState.Quarantined) + states.GetValueOrDefault(InboundState.Unrouted));
    }

    private static Refusal Unknown => new Refusal.NotFound("The webhook event");

    private static Result<WebhookScope> Scope(Actor actor, InboundState? state)
    {
        ArgumentNullException.ThrowIfNull(actor);
        var all = actor.IsInstallationAdministrator;
        return state == InboundState.Unrouted && !all ? new Refusal.Forbidden("Deliveries that belong to nobody are for administrators of the installation.")
            : all || actor.Is(MemberRole.Admin) ? new WebhookScope(actor.Is(MemberRole.Admin) ? actor.OrganizationId : null, all)
            : new Refusal.Forbidden();
    }

    private WebhookDetail Detail(WebhookSlice slice)
    {
        var text = Text(slice.Body);
        var (items, problem) = Read(slice);
        return new WebhookDetail(
            slice.Event, text.Length > WebhookDetail.MostShown ? text[..WebhookDetail.MostShown] : text, text.Length > WebhookDetail.MostShown, slice.Headers, items, problem);
    }

    private (IReadOnlyList<WebhookItem> Items, string? Problem) Read(WebhookSlice slice)
    {
        if (adapters.Find(slice.Event.Kind) is not { } adapter)
        {
            return ([], null);
        }

        try
        {
            var items = adapter.Parse(slice.Body);
            var left = slice.Event.Items?.ToHashSet();
            return ([.. items.Take(WebhookDetail.MostItems).Select((i, place) => new WebhookItem(
                i.Event?.Kind, i.Event?.Type, i.Event?.ExternalId, i.Event?.Timestamp, i.Problem, left?.Contains(place) == true, i.Raw?.ToJsonString(Indented)))], null);
        }
        catch (FormatException unreadable)
        {
            return ([], unreadable.Message);
        }
    }

    // What is not JSON, or nested too deeply to be laid out, is shown as it came.
    private static string Text(ReadOnlyMemory<byte> body)
    {
        if (body.Length <= WebhookDetail.MostShown + 4)
        {
            try
            {
                using var json = JsonDocument.Parse(body, Shallow);
                return JsonSerializer.Serialize(json.RootElement, Indented);
            }
            catch (Exception notJson) when (notJson is JsonException or InvalidOperationException)
            {
                return Encoding.UTF8.GetString(body.Span);
            }
        }

        return Encoding.UTF8.GetString(body.Span[..(WebhookDetail.MostShown + 4)]);
    }

    private async Task AuditAsync(Actor actor, string? target, int count, WebhookFilter? filter, CancellationToken ct)
    {
        await using var db = await dbs.OpenAsync(actor.OrganizationId, ct);
        var data = new JsonObject { ["count"] = count, ["status"] = filter?.State is { } state ? Names.Of(state) : null, ["channelId"] = filter?.ChannelId?.ToString() };
        db.AuditLog.Add(ChannelAudit.Entry(actor, "webhook.replayed", target, clock.GetUtcNow(), data));
        await db.CommitAsync(ct);
    }
}
