using Microsoft.AspNetCore.Components;
using Omni.Core.Common;
using Omni.Core.Inbox;
using Omni.Web.Inbox.Drawing;
using Omni.Web.Shared;

namespace Omni.Web.Inbox;

/// <summary>The inbox. What is listed and what is open is in the address (<see cref="InboxAddress"/>).</summary>
public sealed partial class InboxPage(
    Workspace workspace, IInboxReader reader, IInboxLive live, IInboxActions actions, SharedViews views, Handover handover, NavigationManager navigation, TimeProvider clock, ILogger<InboxPage> logger) : IDisposable
{
    private const int PageSize = 50;
    private static readonly TimeSpan CountsEvery = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource _ended = new();
    private readonly HashSet<Guid> _selected = [];
    private readonly Meanwhile<ConversationRow> _meanwhile = new();
    private ConversationFeed _feed = new(new ConversationQuery(), TimeProvider.System);
    private InboxAddress _address = new(InboxView.Mine);
    private ConversationQuery? _query;
    private ConversationList? _list;
    private ConversationPane? _pane;
    private ConversationItem? _open;
    private IDisposable? _watch;
    private LoadError? _error;
    private Toast? _toast;
    private DateTimeOffset _now;
    private string? _listed;
    private bool _loading;
    private int _reading;
    private bool _loadingMore;
    private bool _countsStale;

    /// <summary>Which view.</summary>
    [Parameter] public string? View { get; set; }

    /// <summary>What is open.</summary>
    [Parameter] public Guid? ConversationId { get; set; }

    /// <summary>Which states.</summary>
    [SupplyParameterFromQuery(Name = "status")] public string? Status { get; set; }

    /// <summary>Words to search.</summary>
    [SupplyParameterFromQuery(Name = "q")] public string? Search { get; set; }

    /// <summary>Only of this channel.</summary>
    [SupplyParameterFromQuery(Name = "channel")] public string? Channel { get; set; }

    /// <summary>Only with this label.</summary>
    [SupplyParameterFromQuery(Name = "label")] public string? Label { get; set; }

    /// <summary>Only with something new.</summary>
    [SupplyParameterFromQuery(Name = "unread")] public string? Unread { get; set; }

    /// <summary>newest or oldest.</summary>
    [SupplyParameterFromQuery(Name = "sort")] public string? Sort { get; set; }

    /// <summary>Which message to show in what is open.</summary>
    [SupplyParameterFromQuery(Name = "message")] public string? Message { get; set; }

    /// <summary>Under which ticket the prerender left what it has read.</summary>
    [PersistentState] public Guid? Known { get; set; }

    [CascadingParameter] private Reader Reader { get; set; } = default!;

    private Workspace Workspace => workspace;

    private bool Ready => workspace.Loaded && _query is not null;

    private string PageName => _open is { } item && item.Row.Id == _address.Conversation
        ? $"{item.Row.ContactName} · {ViewsPanel.NameOf(_address.View)}"
        : $"{ViewsPanel.NameOf(_address.View)} · Omni";

    private string EmptyWords => _address switch
    {
        { Search: not null } => "Nothing found",
        { Unread: true } => "Nothing unread",
        { View: InboxView.Waiting } => "Nobody is waiting",
        { View: InboxView.Closing } => "No window closes soon",
        { Tab: ConversationStatus.Snoozed } => "Nothing snoozed",
        { Tab: ConversationStatus.Resolved } => "Nothing resolved yet",
        { View: InboxView.Mine } => "Nothing waiting for you",
        _ => "Nothing waiting",
    };

    private string EmptyHint => _address switch
    {
        { Search: not null } => "Fewer or other words may find more.",
        { Tab: ConversationStatus.Snoozed } => "Snoozed conversations rest here until their time comes.",
        { Tab: ConversationStatus.Resolved } => "What is done stays here to be looked up.",
        _ => "New messages appear here by themselves.",
    };

    /// <inheritdoc/>
    public void Dispose()
    {
        _ended.Cancel();
        workspace.Changed -= Redraw;
        _watch?.Dispose();
        _ended.Dispose();
    }

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        if (await workspace.LoadAsync() is not null)
        {
            return; // the layout says why
        }

        _now = clock.GetUtcNow();
        if (_watch is null && RendererInfo.IsInteractive)
        {
            workspace.Changed += Redraw;
            _watch = live.Watch(workspace.Actor.OrganizationId, rows => new ValueTask(InvokeAsync(() => ApplyAsync(rows))));
            _ = KeepCountsAsync();
        }

        _address = InboxAddress.Read(View, ConversationId, Status, Search, Channel, Label, Unread, Sort) with { Message = Guid.TryParse(Message, out var message) ? message : null };
        _open = _open?.Row.Id == _address.Conversation ? _open : _address.Conversation is { } id ? _feed.Find(id) : null;
        var listed = (_address with { Conversation = null }).Href;
        if (_listed == listed)
        {
            return;
        }

        _listed = listed;
        _selected.Clear();
        _query = _address.Query(workspace.Actor.UserId);
        if (handover.Take<ListState>(Known) is { } known)
        {
            _feed = new ConversationFeed(_query, clock);
            _feed.Replace(known.Items, known.NextCursor);
            // What changed between prerender and watching is read once, after the page stands.
            _ = LoadAsync();
            return;
        }

        await LoadAsync();
        if (!RendererInfo.IsInteractive && _error is null)
        {
            Known = handover.Keep(new ListState(_feed.Items, _feed.NextCursor));
        }
    }

    private async Task LoadAsync()
    {
        var (query, turn) = (_query!, ++_reading);
        // Reading again what is shown is no business of the reader's.
        _loading = _feed.Items.Count == 0 || !ReferenceEquals(_feed.Query, query);
        var isNews = _loading || _error is not null;
        _meanwhile.Begin();
        try
        {
            var answer = await reader.ListAsync(workspace.Actor, query with { Limit = PageSize }, _ended.Token);
            if (turn != _reading)
            {
                return; // a later reading is under way, of the same or of what the reader went on to
            }

            if (answer.Succeeded(out var page, out var refusal))
            {
                var rows = views.Of(page.Rows);
                isNews |= !_feed.Shows(rows, page.NextCursor);
                if (isNews)
                {
                    var held = _feed.Held;
                    _feed = new ConversationFeed(query, clock);
                    _feed.Hold(held);
                    _feed.Replace(rows, page.NextCursor);
                    _feed.Apply(_meanwhile.Heard);
                }

                _error = null;
            }
            else
            {
                (_error, isNews) = (new LoadError(refusal.Message, "400"), true);
            }
        }
        catch (OperationCanceledException) when (_ended.IsCancellationRequested)
        {
            return; // the page was left
        }
        catch (Exception failure)
        {
            (_error, isNews) = (Failures.Tell(logger, failure), true);
        }
        finally
        {
            _meanwhile.End();
            _loading &= turn != _reading;
        }

        if (isNews)
        {
            StateHasChanged();
        }
    }

    private async Task MoreAsync()
    {
        if (_loadingMore || _feed.NextCursor is not { } cursor)
        {
            return;
        }

        _loadingMore = true;
        _meanwhile.Begin();
        var (query, feed) = (_query!, _feed);
        try
        {
            var answer = await reader.ListAsync(workspace.Actor, query with { Limit = PageSize, Cursor = cursor }, _ended.Token);
            if (answer.Succeeded(out var page, out _) && ReferenceEquals(feed, _feed))
            {
                _feed.Append(views.Of(page.Rows), page.NextCursor);
                _feed.Apply(_meanwhile.Heard);
            }
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            _error = Failures.Tell(logger, failure);
        }
        finally
        {
            _meanwhile.End();
            _loadingMore = false;
        }
    }

    private async Task ApplyAsync(IReadOnlyList<ConversationRow> rows)
    {
        if (_ended.IsCancellationRequested || !Ready)
        {
            return;
        }

        _now = clock.GetUtcNow();
        _countsStale = true;
        if (rows.Count == 0)
        {
            await LoadAsync();
            await (_pane?.ReloadAsync() ?? Task.CompletedTask);
            return;
        }

        rows = views.Of(rows);
        _meanwhile.Hear(rows);
        if (_feed.Apply(rows))
        {
            _list?.Redraw();
        }

        if (_open is { } open && rows.FirstOrDefault(r => r.Id == open.Row.Id) is { } row && row.Version >= open.Row.Version)
        {
            _open = open with { Row = row };
            _pane?.Show(row);
            if (!IsSamePerson(open.Row, row))
            {
                StateHasChanged(); // the page's title and the context panel
            }
        }
    }

    private static bool IsSamePerson(ConversationRow before, ConversationRow after) =>
        (before.ContactId, before.ContactName, before.ContactAvatarUrl) == (after.ContactId, after.ContactName, after.ContactAvatarUrl) && before.Labels.SequenceEqual(after.Labels);

    private async Task KeepCountsAsync()
    {
        try
        {
            using var timer = new PeriodicTimer(CountsEvery, clock);
            while (await timer.WaitForNextTickAsync(_ended.Token))
            {
                if (_countsStale)
                {
                    _countsStale = false;
                    await InvokeAsync(() => workspace.RefreshCountsAsync(_ended.Token));
                }
            }
        }
        catch (OperationCanceledException) when (_ended.IsCancellationRequested)
        {
            return; // the page was left
        }
        catch (Exception failure)
        {
            Failures.Tell(logger, failure); // old counts stay; the next change of view reads them again
        }
    }

    private void Hold(bool held)
    {
        if (_feed.Hold(held))
        {
            _list?.Redraw();
        }
    }

    private void Settle() => _feed.Settle();

    private void Pick(PickEventArgs pick)
    {
        foreach (var id in pick.Ids)
        {
            if (!_selected.Add(id) && pick.Toggle)
            {
                _selected.Remove(id);
            }
        }

        if (pick.Ids.Length == 0)
        {
            _selected.Clear();
        }
    }

    private Task SwipeAsync(SwipeEventArgs swipe) => PatchAsync(
        swipe.Id,
        swipe.Right
            ? new ConversationPatch { Status = ConversationStatus.Resolved }
            : new ConversationPatch { SnoozedUntil = SnoozePresets.For(Reader, clock.GetUtcNow()).First(p => p.Name == "Tomorrow morning").At });

    private void Found(ConversationItem item)
    {
        if (_open != item)
        {
            _open = item;
            StateHasChanged();
        }
    }

    private void ReadAsync(Guid id, int seq)
    {
        _countsStale = true;
        _feed.Read(id, seq);
        if (_open?.Row.Id == id)
        {
            _open = _open with { LastReadSeq = seq };
        }
    }

    private string? Neighbour(int step)
    {
        var all = Enum.GetValues<InboxView>();
        var at = Array.IndexOf(all, _address.View) + step;
        return at >= 0 && at < all.Length ? new InboxAddress(all[at]).Href : null;
    }

    private void Redraw(object? sender, EventArgs e) => _ = InvokeAsync(StateHasChanged);
}

/// <summary>What a prerender hands to the circuit.</summary>
/// <param name="Items">The first page.</param>
/// <param name="NextCursor">Where the next begins.</param>
public sealed record ListState(IReadOnlyList<ConversationItem> Items, string? NextCursor);
