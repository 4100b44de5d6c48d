using Microsoft.AspNetCore.Components;
using Omni.Core.Inbox;
using Omni.Web.Inbox.Drawing;
using Omni.Web.Shared;

namespace Omni.Web.Inbox;

/// <summary>The rows of the list, drawn apart from what is around them: a changed row draws nothing else.</summary>
public sealed partial class ConversationRows(TimeProvider clock)
{
    private (ConversationFeed, int, InboxAddress, int, DateOnly) _drawn;
    private RowPlace _place = null!;

    /// <summary>What is listed.</summary>
    [Parameter, EditorRequired] public ConversationFeed Feed { get; set; } = default!;

    /// <summary>Where the reader is.</summary>
    [Parameter, EditorRequired] public InboxAddress Address { get; set; } = default!;

    /// <summary>Conversations picked for a common action.</summary>
    [Parameter, EditorRequired] public IReadOnlySet<Guid> Selected { get; set; } = default!;

    [CascadingParameter] private Reader Reader { get; set; } = default!;

    /// <summary>Draws what the feed has changed.</summary>
    public void Redraw() => StateHasChanged();

    /// <summary>The page around is drawn for much that the rows have no part in.</summary>
    protected override bool ShouldRender() => !State.Equals(_drawn) && Prepare();

    /// <inheritdoc/>
    protected override void OnInitialized() => Prepare(); // the first drawing does not ask

    // Picking is done one by one or by adding, so that the number tells.
    private (ConversationFeed Feed, int Revision, InboxAddress Address, int Picked, DateOnly Day) State =>
        (Feed, Feed.Revision, Address, Selected.Count, DateOnly.FromDateTime(Reader.Local(clock.GetUtcNow()).Date));

    private bool Prepare()
    {
        _drawn = State;
        _place = RowPlace.Of(Address, Reader, clock.GetUtcNow());
        return true;
    }

    private MarkupString Row(ConversationItem item)
    {
        var row = item.Row;
        var look = new RowLook(_place, item.Unread, item.Draft, Selected.Count > 0 ? Selected.Contains(row.Id) : null, Open: false);
        if (RendererInfo.IsInteractive)
        {
            return RowMarkup.Shared(row, look, Reader, clock);
        }

        // The first answer must be right before any script runs.
        return RowMarkup.Of(row, look with { Open = row.Id == Address.Conversation }, Reader, clock.GetUtcNow());
    }
}
