using Microsoft.AspNetCore.Components;
using Omni.Core.Inbox;
using Omni.Web.Inbox.Drawing;
using Omni.Web.Shared;

namespace Omni.Web.Inbox;

/// <summary>The messages of the open conversation.</summary>
public sealed partial class Timeline
{
    private static readonly TimeSpan Slot = TimeSpan.FromSeconds(10); // how late a message may be seen to be no longer checked

    private object? _drawn;
    private Talk? _talk;

    /// <summary>What stands in the timeline.</summary>
    [Parameter, EditorRequired] public IReadOnlyList<TimelinePart> Entries { get; set; } = [];

    /// <summary>The conversation.</summary>
    [Parameter, EditorRequired] public ConversationRow Row { get; set; } = default!;

    /// <summary>The reader.</summary>
    [Parameter, EditorRequired] public Workspace Workspace { get; set; } = default!;

    /// <summary>The present (UTC).</summary>
    [Parameter] public DateTimeOffset Now { get; set; }

    /// <summary>True when the reader may answer and retry.</summary>
    [Parameter] public bool CanWrite { get; set; }

    [CascadingParameter] private Reader Reader { get; set; } = default!;

    private object State => (
        Entries, Row.ContactName, Row.Kind, Workspace.Directory, CanWrite,
        Entries.Any(e => e is TimelinePart.Said { Message.Status: MessageStatus.Unknown }) ? Now.Ticks / Slot.Ticks : 0);

    /// <summary>The pane is drawn anew for much that the messages have no part in; they only when something of them changed.</summary>
    protected override bool ShouldRender() => !State.Equals(_drawn) && Prepare();

    /// <inheritdoc/>
    protected override void OnInitialized() => Prepare(); // the first drawing does not ask

    private bool Prepare()
    {
        var place = new TalkPlace(Row.ContactName, Row.Kind, Reader.Zone.Id);
        (_drawn, _talk) = (State, new Talk(_talk?.Place == place ? _talk.Place : place, Workspace, Reader, CanWrite, Now));
        return true;
    }
}
