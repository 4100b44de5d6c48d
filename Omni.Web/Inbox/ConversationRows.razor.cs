using Microsoft.AspNetCore.Components;
using Omni.Core.Inbox;
using Omni.Web.Inbox.Drawing;
using Omni.Web.Shared;

namespace Omni.Web.Inbox;

/// <summary>The rows of the list, drawn apart from what is around them: a changed row draws nothing else.</summary>
public sealed partial class ConversationRows(TimeProvider clock)
{
    private RowPlace? _place;
    private InboxAddress? _address;

    /// <summary>What is listed.</summary>
    [Parameter, EditorRequired] public ConversationFeed Feed { get; set; } = default!;

    /// <summary>Where the reader is.</summary>
    [Parameter, EditorRequired] public InboxAddress Address { get; set; } = default!;

    /// <summary>Conversations picked for a common action.</summary>
    [Parameter, EditorRequired] public IReadOnlySet<Guid> Selected { get; set; } = default!;

    [CascadingParameter] private Reader Reader { get; set; } = default!;

    /// <summary>Draws the rows as the feed has them now.</summary>
    public void Redraw() => StateHasChanged();

    private RowPlace Place
    {
        get
        {
            var today = DateOnly.FromDateTime(Reader.Local(clock.GetUtcNow()).Date);
            if (_place is null || _address != Address || _place.Day != today)
            {
                (_place, _address) = (RowPlace.Of(Address, Reader, clock.GetUtcNow()), Address);
            }

            return _place;
        }
    }

    private MarkupString Row(ConversationItem item)
    {
        var row = item.Row;
        var look = new RowLook(Place, item.Unread, item.Draft, Selected.Count > 0 ? Selected.Contains(row.Id) : null, Open: false);
        if (RendererInfo.IsInteractive)
        {
            return RowMarkup.Shared(row, look, Reader, clock);
        }

        // The first answer must be right before any script runs.
        return RowMarkup.Of(row, look with { Open = row.Id == Address.Conversation }, Reader, clock.GetUtcNow());
    }
}
