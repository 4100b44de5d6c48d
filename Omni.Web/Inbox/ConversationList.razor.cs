using Microsoft.AspNetCore.Components;
using Omni.Core.Inbox;
using Omni.Web.Shared;

namespace Omni.Web.Inbox;

/// <summary>The list of one view.</summary>
public sealed partial class ConversationList(TimeProvider clock)
{
    private static readonly ConversationStatus[] Tabs = [ConversationStatus.Open, ConversationStatus.Pending, ConversationStatus.Snoozed, ConversationStatus.Resolved];

    private ConversationRows? _rows;
    private object? _drawn;

    /// <summary>What is listed.</summary>
    [Parameter, EditorRequired] public ConversationFeed Feed { get; set; } = default!;

    /// <summary>Where the reader is.</summary>
    [Parameter, EditorRequired] public InboxAddress Address { get; set; } = default!;

    /// <summary>People, channels, labels, counts.</summary>
    [Parameter, EditorRequired] public Workspace Workspace { get; set; } = default!;

    /// <summary>Conversations picked for a common action.</summary>
    [Parameter, EditorRequired] public IReadOnlySet<Guid> Selected { get; set; } = default!;

    /// <summary>True while a page is being read.</summary>
    [Parameter] public bool Loading { get; set; }

    /// <summary>Why reading failed; null when it did not.</summary>
    [Parameter] public LoadError? Error { get; set; }

    /// <summary>What an empty list says.</summary>
    [Parameter] public RenderFragment? EmptyContent { get; set; }

    /// <summary>The pointer or the keyboard's focus came into the list or left it.</summary>
    [Parameter] public EventCallback<bool> OnHold { get; set; }

    /// <summary>Put waiting changes in their place.</summary>
    [Parameter] public EventCallback OnSettle { get; set; }

    /// <summary>The end of the list came near.</summary>
    [Parameter] public EventCallback OnMore { get; set; }

    /// <summary>Read again after a failure.</summary>
    [Parameter] public EventCallback OnRetry { get; set; }

    /// <summary>Rows were picked by x or shift; an empty one clears.</summary>
    [Parameter] public EventCallback<PickEventArgs> OnPick { get; set; }

    /// <summary>A row was swiped on a phone.</summary>
    [Parameter] public EventCallback<SwipeEventArgs> OnSwipe { get; set; }

    /// <summary>Change all picked conversations.</summary>
    [Parameter] public EventCallback<ConversationPatch> OnBulk { get; set; }

    [CascadingParameter] private Reader Reader { get; set; } = default!;

    private TimeProvider Clock => clock;

    // What is shown around the rows.
    private object Frame => (Feed.Waiting, Feed.Items.Count == 0, Feed.NextCursor is null);

    /// <summary>Draws what changed in the feed: usually only rows.</summary>
    public void Redraw()
    {
        if (_rows is null || !Frame.Equals(_drawn))
        {
            StateHasChanged();
        }
        else
        {
            _rows.Redraw();
        }
    }

    /// <inheritdoc/>
    protected override void OnAfterRender(bool firstRender) => _drawn = Frame;

    private string Title => Address switch
    {
        { Search: not null } => "Search",
        { Channel: { } channel } => Workspace.Channel(channel)?.Name ?? "Channel",
        { Label: { } label } => Workspace.Directory.Labels.FirstOrDefault(l => l.Id == label)?.Name ?? "Label",
        _ => ViewsPanel.NameOf(Address.View),
    };

    private Task ActAsync(ActEventArgs act) => Acts.PatchOf(act, Reader) is { } patch ? OnBulk.InvokeAsync(patch) : Task.CompletedTask;

    private Task ClearAsync() => OnPick.InvokeAsync(new PickEventArgs());
}
