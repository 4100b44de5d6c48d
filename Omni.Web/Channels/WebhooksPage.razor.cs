using Microsoft.AspNetCore.Components;
using Omni.Core.Channels;
using Omni.Core.Common;
using Omni.Core.Identity;
using Omni.Web.Shared;
using Omni.Web.Shared.Ui;

namespace Omni.Web.Channels;

/// <summary>What platforms delivered: filter, look inside, apply again. Filters and the running replay stand in the address.</summary>
public sealed partial class WebhooksPage(WebhookLogService log, Workspace workspace, NavigationManager navigation, TimeProvider clock) : IDisposable
{
    private static readonly TimeSpan ProgressEvery = TimeSpan.FromMilliseconds(500);

    private readonly CancellationTokenSource _ended = new();
    private WebhookDetail? _detail;
    private WebhookReplay? _replay;
    private Guid? _watched;
    private bool _asks;

    /// <summary>Only this status.</summary>
    [SupplyParameterFromQuery] public string? Status { get; set; }

    /// <summary>Only this channel.</summary>
    [SupplyParameterFromQuery] public Guid? Channel { get; set; }

    /// <summary>The replay whose progress is shown.</summary>
    [SupplyParameterFromQuery] public Guid? Replay { get; set; }

    [CascadingParameter] private Reader Reader { get; set; } = Reader.In(null);

    private IEnumerable<InboundState> States => Enum.GetValues<InboundState>().Where(s => s != InboundState.Unrouted || workspace.Actor.IsInstallationAdministrator);

    private WebhookFilter Filter => new(Names.TryParse<InboundState>(Status, out var state) ? state : null, Channel);

    private bool Replayable => Filter.State is not (null or InboundState.Pending);

    /// <inheritdoc/>
    public void Dispose()
    {
        _ended.Cancel();
        _ended.Dispose();
    }

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        if (Content is not null && Filter != Content.Filter)
        {
            await ReadAsync();
        }

        if (RendererInfo.IsInteractive && Replay != _watched)
        {
            _watched = Replay;
            _replay = null;
            if (Replay is { } replay)
            {
                _ = FollowAsync(replay);
            }
        }
    }

    /// <inheritdoc/>
    protected override async Task<Result<WebhooksContent>> FetchAsync(Actor actor)
    {
        var filter = Filter;
        return (await log.ListAsync(actor, filter, null, null, CancellationToken.None)).Succeeded(out var page, out var refusal)
            ? new WebhooksContent(filter, page.Rows, page.NextCursor, clock.GetUtcNow())
            : refusal;
    }

    private string NameOf(WebhookEvent row) =>
        row.ChannelId is { } id && workspace.Channel(id) is { } channel ? channel.Name : $"{Platform.Name(row.Kind)} {(row.AccountId.Length > 0 ? row.AccountId : "(account unreadable)")}";

    private void Go(string? status, Guid? channel, Guid? replay = null) => navigation.NavigateTo(navigation.GetUriWithQueryParameters("/settings/webhooks", new Dictionary<string, object?>
    {
        ["status"] = string.IsNullOrEmpty(status) ? null : status,
        ["channel"] = channel,
        ["replay"] = replay,
    }));

    private Task<bool> MoreAsync() => DoAsync(async actor =>
    {
        var result = await log.ListAsync(actor, Content!.Filter, Content.NextCursor, null, CancellationToken.None);
        if (result.Succeeded(out var page, out _))
        {
            Show(Content with { Rows = [.. Content.Rows, .. page.Rows], NextCursor = page.NextCursor });
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
        WebhookReplay? replay = null;
        if (await DoAsync(async actor =>
        {
            var result = await log.ReplayAsync(actor, id, CancellationToken.None);
            replay = result.Succeeded(out var made, out _) ? made : null;
            return result;
        }))
        {
            _detail = null;
            Go(Status, Channel, replay!.Id);
            await ReadAsync();
        }
    }

    private async Task ReplayAllAsync()
    {
        WebhookReplay? replay = null;
        if (await DoAsync(async actor =>
        {
            var result = await log.ReplayAllAsync(actor, Content!.Filter, CancellationToken.None);
            replay = result.Succeeded(out var made, out _) ? made : null;
            return result;
        }))
        {
            _asks = false;
            if (replay!.Total == 0)
            {
                Say(ReplayWords.Of(replay));
            }
            else
            {
                Go(Status, Channel, replay.Id);
            }

            await ReadAsync();
        }
    }

    private void CloseReplay() => Go(Status, Channel);

    /// <summary>Shows the progress of a replay until nothing of it waits any more, or another one is looked at.</summary>
    private async Task FollowAsync(Guid replay)
    {
        try
        {
            using var timer = new PeriodicTimer(ProgressEvery, clock);
            do
            {
                if (!(await ActorAsync()).Succeeded(out var actor, out var refusal) || !(await log.ProgressAsync(actor, replay, _ended.Token)).Succeeded(out var progress, out refusal))
                {
                    Say(refusal.Message, "bad");
                    break;
                }

                _replay = progress;
                StateHasChanged();
            }
            while (_replay.Waiting > 0 && await timer.WaitForNextTickAsync(_ended.Token) && _watched == replay);

            await ReadAsync();
            StateHasChanged();
        }
        catch (OperationCanceledException) when (_ended.IsCancellationRequested)
        {
            return; // the page was left
        }
    }
}
