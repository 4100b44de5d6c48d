using Microsoft.AspNetCore.Components;
using Omni.Core.Channels;
using Omni.Core.Common;
using Omni.Core.Identity;
using Omni.Web.Shared;
using Omni.Web.Shared.Ui;

namespace Omni.Web.Channels;

/// <summary>What platforms delivered: filter, look inside, apply again. Filters stand in the address.</summary>
public sealed partial class WebhooksPage(WebhookLogService log, Workspace workspace, NavigationManager navigation, TimeProvider clock)
{
    private readonly List<WebhookEvent> _rows = [];
    private Page<WebhookEvent>? _page;
    private WebhookFilter _filter = new();
    private WebhookDetail? _detail;
    private DateTimeOffset _now;
    private bool _asks;

    /// <summary>Only this status.</summary>
    [SupplyParameterFromQuery] public string? Status { get; set; }

    /// <summary>Only this channel.</summary>
    [SupplyParameterFromQuery] public Guid? Channel { get; set; }

    [CascadingParameter] private Reader Reader { get; set; } = Reader.In(null);

    private IEnumerable<InboundState> States => Enum.GetValues<InboundState>().Where(s => s != InboundState.Unrouted || workspace.Actor.IsInstallationAdministrator);

    private bool Replayable => _filter.State is not (null or InboundState.Pending);

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        var filter = new WebhookFilter(Names.TryParse<InboundState>(Status, out var state) ? state : null, Channel);
        if (filter != _filter)
        {
            _filter = filter;
            await ReadAsync();
        }
    }

    /// <inheritdoc/>
    protected override async Task<Refusal?> LoadAsync(Actor actor)
    {
        _filter = new WebhookFilter(Names.TryParse<InboundState>(Status, out var state) ? state : null, Channel);
        var result = await log.ListAsync(actor, _filter, null, null, CancellationToken.None);
        if (result.Succeeded(out var page, out var refusal))
        {
            (_page, _now) = (page, clock.GetUtcNow());
            _rows.Clear();
            _rows.AddRange(page.Rows);
        }

        return refusal;
    }

    private string NameOf(WebhookEvent row) =>
        row.ChannelId is { } id && workspace.Channel(id) is { } channel ? channel.Name : $"{Platform.Name(row.Kind)} {(row.AccountId.Length > 0 ? row.AccountId : "(account unreadable)")}";

    private void Go(string? status, Guid? channel) => navigation.NavigateTo(navigation.GetUriWithQueryParameters("/settings/webhooks", new Dictionary<string, object?>
    {
        ["status"] = string.IsNullOrEmpty(status) ? null : status,
        ["channel"] = channel,
    }));

    private Task<bool> MoreAsync() => DoAsync(async actor =>
    {
        var result = await log.ListAsync(actor, _filter, _page!.NextCursor, null, CancellationToken.None);
        if (result.Succeeded(out var page, out _))
        {
            _page = page;
            _rows.AddRange(page.Rows);
        }

        return result;
    });

    private Task<bool> OpenAsync(long id) => DoAsync(async actor =>
    {
        var result = await log.GetAsync(actor, id, CancellationToken.None);
        _detail = result.Succeeded(out var detail, out _) ? detail : null;
        return result;
    });

    private async Task ReplayAsync()
    {
        var id = _detail!.Event.Id;
        if (await DoAsync(actor => log.ReplayAsync(actor, id, CancellationToken.None), $"#{id} is applied again."))
        {
            _detail = null;
            await ReadAsync();
        }
    }

    private async Task ReplayAllAsync()
    {
        var count = 0;
        if (await DoAsync(async actor =>
        {
            var result = await log.ReplayAllAsync(actor, _filter, CancellationToken.None);
            count = result.Refusal is null ? result.Value.Total : 0;
            return result;
        }))
        {
            Say(count == 0 ? "There was nothing to apply again." : $"{(count == 1 ? "1 delivery waits" : $"{count} deliveries wait")} to be applied again.");
            _asks = false;
            await ReadAsync();
        }
    }
}
