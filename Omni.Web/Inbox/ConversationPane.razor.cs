using Microsoft.AspNetCore.Components;
using Omni.Core.Channels;
using Omni.Core.Common;
using Omni.Core.Events;
using Omni.Core.Inbox;
using Omni.Core.Tenancy;
using Omni.Web.Inbox.Drawing;
using Omni.Web.Shared;

namespace Omni.Web.Inbox;

/// <summary>One conversation, live.</summary>
public sealed partial class ConversationPane(
    IInboxReader reader, IInboxLive live, IInboxMarks marks, ReadingService reading, IInboxActions actions, IEventBus bus, Presence presence,
    IChannelAdapters adapters, SharedViews views, Handover handover, TimeProvider clock, ILogger<ConversationPane> logger) : IAsyncDisposable
{
    private const int PageSize = 50;
    private const int LongPage = 200;
    private const int MostPagesBack = 25;

    private readonly CancellationTokenSource _ended = new();
    private readonly List<IDisposable> _watches = [];
    private readonly MessageFeed _feed = new();
    private readonly Meanwhile<MessageView> _meanwhile = new();
    private Rereader? _rereader;
    private List<TimelinePart> _entries = [];
    private ConversationItem? _item;
    private PaneViewing? _viewing;
    private IReadOnlyDictionary<string, Draft> _drafts = new Dictionary<string, Draft>();
    private (object? State, string Json) _info = (null, "");
    private DateTimeOffset _now;
    private LoadError? _error;
    private string? _notice;
    private string _announcement = "";
    private int _readAtOpening;
    private bool _loaded;
    private bool _loadingOlder;
    private Guid? _reached;

    /// <summary>The conversation. Another one is another component: the page keys by it.</summary>
    [Parameter, EditorRequired] public Guid Id { get; set; }

    /// <summary>The row as the list has it, so that the head stands at once; null when the list does not show it.</summary>
    [Parameter] public ConversationItem? Item { get; set; }

    /// <summary>Where the reader is.</summary>
    [Parameter, EditorRequired] public InboxAddress Address { get; set; } = default!;

    /// <summary>People, channels, labels.</summary>
    [Parameter, EditorRequired] public Workspace Workspace { get; set; } = default!;

    /// <summary>The reader wants to change the conversation; the page does it, since the list may have to follow.</summary>
    [Parameter] public EventCallback<ConversationPatch> OnPatch { get; set; }

    /// <summary>The reader's pointer moved to a seq.</summary>
    [Parameter] public EventCallback<int> OnRead { get; set; }

    /// <summary>The conversation was found (again); the context panel shows the same row.</summary>
    [Parameter] public EventCallback<ConversationItem> OnFound { get; set; }

    /// <summary>Under which ticket the prerender left what it has read.</summary>
    [PersistentState] public Guid? Known { get; set; }

    [CascadingParameter] private Reader Reader { get; set; } = default!;

    private bool CanWrite => Workspace.Actor.Is(MemberRole.Agent);

    /// <summary>Takes a changed row in.</summary>
    public void Show(ConversationRow row)
    {
        if (_item is not null && row.Id == Id && row.Version >= _item.Row.Version)
        {
            _item = _item with { Row = row };
            StateHasChanged();
        }
    }

    /// <inheritdoc/>
    protected override bool ShouldRender()
    {
        _now = clock.GetUtcNow();
        return true;
    }

    /// <summary>Reads what came since, after a gap.</summary>
    public Task ReloadAsync() => (_rereader ??= new Rereader(LoadAsync)).AgainAsync();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        foreach (var watch in _watches)
        {
            watch.Dispose();
        }

        if (_watches.Count > 0)
        {
            await _viewing!.LeaveAsync();
        }

        _ended.Dispose();
    }

    /// <inheritdoc/>
    protected override Task OnParametersSetAsync() => _loaded && RendererInfo.IsInteractive ? ReachAsync() : Task.CompletedTask;

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        _item = Item;
        var actor = Workspace.Actor;
        if (RendererInfo.IsInteractive)
        {
            _viewing = new PaneViewing(actor, Id, presence, marks, clock, failure => Failures.Tell(logger, failure));
            // Watching begins before anything is read: what changes in between is applied twice rather than missed.
            _watches.Add(live.WatchMessages(actor.OrganizationId, Id, messages => new ValueTask(InvokeAsync(() => ApplyAsync(messages)))));
            _watches.Add(bus.Subscribe(actor.OrganizationId, ChangeEvent.Conversation(Id), sign => new ValueTask(InvokeAsync(() => Redraw(() => _viewing!.Apply(sign))))));
            _watches.Add(bus.Subscribe(actor.OrganizationId, ChangeEvent.Organization, sign => sign.Name == EventNames.ChannelStatus ? new ValueTask(InvokeAsync(RereadChannelsAsync)) : ValueTask.CompletedTask));
            _ = _viewing.StayAsync(change => InvokeAsync(() => Redraw(change)), _ended.Token);
        }

        _now = clock.GetUtcNow();
        if (handover.Take<PaneState>(Known) is { } known)
        {
            (_item, _drafts, _readAtOpening, _loaded) = (known.Item, known.Drafts, known.Item.LastReadSeq, true);
            _feed.Replace(known.Messages, known.OlderCursor);
            Lay();
            await OnFound.InvokeAsync(_item);
            await CatchUpAsync();
            await ReachAsync();
            return;
        }

        await ReloadAsync();
        if (_loaded && RendererInfo.IsInteractive)
        {
            await ReachAsync();
        }

        if (_loaded && !RendererInfo.IsInteractive)
        {
            Known = handover.Keep(new PaneState(_item!, _feed.Messages, _feed.OlderCursor, _drafts));
        }
    }

    private string AssigneeName(ConversationRow row) =>
        row.AssigneeId is not { } id ? "Nobody" : id == Workspace.Actor.UserId ? "You" : row.AssigneeName ?? "somebody who left";

    private async Task LoadAsync()
    {
        var (actor, ct) = (Workspace.Actor, _ended.Token);
        _meanwhile.Begin();
        try
        {
            var messages = reader.MessagesAsync(actor, Id, before: null, after: null, PageSize, ct);
            var drafts = marks.DraftsAsync(actor, Id, ct);
            var found = await reader.FindAsync(actor, Id, ct);
            var page = await messages;
            _drafts = await drafts;
            if (!found.Succeeded(out var item, out var refusal) || !page.Succeeded(out var newest, out refusal))
            {
                (_item, _error) = (null, new LoadError(refusal.Message, "404"));
                return;
            }

            if (!_loaded)
            {
                _readAtOpening = item.LastReadSeq;
            }

            // The list may have shown a newer row while this one was being read.
            item = _item is { } shown && shown.Row.Version > item.Row.Version ? item with { Row = shown.Row } : item with { Row = views.Of(item.Row) };
            (_item, _error, _loaded) = (item, null, true);
            _feed.Replace(views.Of(newest.Rows), newest.NextCursor);
            _feed.Apply(_meanwhile.Heard);
            Lay();
            await OnFound.InvokeAsync(item);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            return; // the reader went on to another conversation
        }
        catch (Exception failure)
        {
            _error = Failures.Tell(logger, failure);
        }
        finally
        {
            _meanwhile.End();
            if (!ct.IsCancellationRequested)
            {
                StateHasChanged();
            }
        }
    }

    /// <summary>Reads what came or changed between the prerender and the first moment of watching.</summary>
    private async Task CatchUpAsync()
    {
        _meanwhile.Begin();
        try
        {
            var page = await reader.MessagesAsync(Workspace.Actor, Id, before: null, after: null, PageSize, _ended.Token);
            if (!page.Succeeded(out var newest, out var refusal))
            {
                _notice = refusal.Message;
                return;
            }

            var rows = views.Of(newest.Rows);
            if (_feed.Shows(rows) && _meanwhile.Heard.Count == 0)
            {
                return;
            }

            if (rows.Exists(row => _feed.Messages.Any(m => m.Id == row.Id)))
            {
                await ApplyAsync(rows);
            }
            else
            {
                _feed.Replace(rows, newest.NextCursor); // so much came that the two pages do not touch
            }

            _feed.Apply(_meanwhile.Heard);
            Lay();
        }
        catch (OperationCanceledException) when (_ended.IsCancellationRequested)
        {
            return; // the reader went on to another conversation
        }
        catch (Exception failure)
        {
            _error = Failures.Tell(logger, failure);
        }
        finally
        {
            _meanwhile.End();
        }
    }

    /// <summary>Reads back until the message that the address names is on the page.</summary>
    private async Task ReachAsync()
    {
        if (Address.Message is not { } wanted || wanted == _reached)
        {
            return;
        }

        _reached = wanted;
        for (var pages = 0; pages < MostPagesBack && _feed.OlderCursor is not null && _feed.Messages.All(m => m.Id != wanted); pages++)
        {
            if (pages == 0 && (await reader.MessagesAsync(Workspace.Actor.OrganizationId, [wanted], _ended.Token)).All(m => m.ConversationId != Id))
            {
                return; // of another conversation, or gone
            }

            await OlderAsync(LongPage);
        }
    }

    private Task OlderAsync() => OlderAsync(PageSize);

    private async Task OlderAsync(int size)
    {
        if (_loadingOlder || _feed.OlderCursor is not { } cursor)
        {
            return;
        }

        _loadingOlder = true;
        _meanwhile.Begin();
        StateHasChanged();
        try
        {
            var page = await reader.MessagesAsync(Workspace.Actor, Id, cursor, after: null, size, _ended.Token);
            if (page.Succeeded(out var older, out var refusal))
            {
                _feed.AddOlder(views.Of(older.Rows), older.NextCursor);
                _feed.Apply(_meanwhile.Heard);
                Lay();
            }
            else
            {
                _notice = refusal.Message;
            }
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            _error = Failures.Tell(logger, failure);
        }
        finally
        {
            _meanwhile.End();
            _loadingOlder = false;
        }

        StateHasChanged();
    }

    private async Task ApplyAsync(IReadOnlyList<MessageView> messages)
    {
        if (_ended.IsCancellationRequested)
        {
            return;
        }

        if (messages.Count == 0)
        {
            await ReloadAsync();
            return;
        }

        messages = views.Of(messages);
        _meanwhile.Hear(messages);
        var incoming = _feed.Apply(messages).Where(m => m.Direction == MessageDirection.In).ToList();
        if (incoming.Count > 0 && _item is not null)
        {
            _announcement = incoming.Count == 1
                ? $"{_item.Row.ContactName}: {Preview.Of(incoming[0].Type, incoming[0].Text)}"
                : $"{incoming.Count} new messages from {_item.Row.ContactName}";
        }

        if (_item is not null && _item.LastReadSeq >= messages.Min(m => m.Seq) - 1)
        {
            _feed.Trim(); // the reader is at the end
        }

        Lay();
        StateHasChanged();
    }

    /// <summary>A channel began or ceased to work: the composer must say so at once.</summary>
    private async Task RereadChannelsAsync()
    {
        try
        {
            await Workspace.RefreshDirectoryAsync();
            StateHasChanged();
        }
        catch (OperationCanceledException) when (_ended.IsCancellationRequested)
        {
            return; // the pane was closed
        }
    }

    private void Redraw(Func<bool> change)
    {
        if (change())
        {
            StateHasChanged();
        }
    }

    private Task ViewAsync(ViewEventArgs view) => _viewing?.ShowAsync(view.Visible, _ended.Token) ?? Task.CompletedTask;

    private async Task SeenAsync(SeenEventArgs seen)
    {
        if (_item is null || seen.Seq <= _item.LastReadSeq)
        {
            return;
        }

        if ((await reading.ReadAsync(Workspace.Actor, Id, seen.Seq, unread: false, _ended.Token)).Succeeded(out var seq, out _))
        {
            _item = _item with { LastReadSeq = seq };
            await OnRead.InvokeAsync(seq);
        }
    }

    private async Task UnreadAsync()
    {
        if (_item is { Row.LastUnreadSeq: > 0 }
            && (await reading.ReadAsync(Workspace.Actor, Id, null, unread: true, _ended.Token)).Succeeded(out var seq, out _))
        {
            _item = _item with { LastReadSeq = seq };
            await OnRead.InvokeAsync(seq);
        }
    }

    private async Task ActAsync(ActEventArgs act)
    {
        if (act.Act == Acts.Unread)
        {
            await UnreadAsync();
        }
        else if (act.Act is Acts.Retry or Acts.RetryUnknown && Guid.TryParse(act.Value, out var message))
        {
            await RetryAsync(message, act.Act == Acts.RetryUnknown);
        }
        else if (Acts.PatchOf(act, Reader) is { } patch)
        {
            _notice = null;
            await OnPatch.InvokeAsync(patch);
        }
    }

    private async Task RetryAsync(Guid message, bool evenIfUnknown)
    {
        var outcome = await actions.RetryAsync(Workspace.Actor, message, evenIfUnknown, _ended.Token);
        _notice = outcome.Refusal?.Message;
        StateHasChanged();
    }

    private void Dismiss()
    {
        _notice = null;
        StateHasChanged();
    }

    // Written again only when something in it is different: a changed row has at most another version and another end of its window.
    private string Info(ConversationRow row)
    {
        var state = (row.ContactName, row.ChannelName, row.ChannelStatus, row.HasWindow, Workspace.Directory, _drafts);
        if (!state.Equals(_info.State))
        {
            _info = (state, ComposerInfo.For(_item!, Workspace, adapters, _drafts));
        }

        return _info.Json;
    }

    private void Lay() => _entries = TimelinePart.Build(_feed.Messages, _readAtOpening, Reader, clock.GetUtcNow());
}

/// <summary>What a prerender hands to the circuit.</summary>
/// <param name="Item">The conversation.</param>
/// <param name="Messages">Its newest messages.</param>
/// <param name="OlderCursor">Where older ones begin.</param>
/// <param name="Drafts">The reader's drafts by mode.</param>
public sealed record PaneState(ConversationItem Item, IReadOnlyList<MessageView> Messages, string? OlderCursor, IReadOnlyDictionary<string, Draft> Drafts);
