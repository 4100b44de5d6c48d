using Microsoft.AspNetCore.Components;

namespace Omni.Web.Inbox;

/// <summary>The list must (not) change its order.</summary>
public sealed class HoldEventArgs : EventArgs
{
    /// <summary>True while pointer or keyboard focus is in the list.</summary>
    public bool Held { get; set; }
}

/// <summary>Rows were picked.</summary>
public sealed class PickEventArgs : EventArgs
{
    /// <summary>The rows; empty to clear.</summary>
    public Guid[] Ids { get; set; } = [];

    /// <summary>True to pick or let go the single one named; false to pick exactly these beside those picked before.</summary>
    public bool Toggle { get; set; }
}

/// <summary>A row was swiped.</summary>
public sealed class SwipeEventArgs : EventArgs
{
    /// <summary>The conversation.</summary>
    public Guid Id { get; set; }

    /// <summary>True to the right (resolve), false to the left (snooze).</summary>
    public bool Right { get; set; }
}

/// <summary>The reader has seen the conversation's end, in a visible and focused window.</summary>
public sealed class SeenEventArgs : EventArgs
{
    /// <summary>The newest seq on screen.</summary>
    public int Seq { get; set; }
}

/// <summary>The conversation came before the reader's eyes, or went.</summary>
public sealed class ViewEventArgs : EventArgs
{
    /// <summary>True while the window is visible.</summary>
    public bool Visible { get; set; }
}

/// <summary>A button inside a piece of markup was pressed: it says what to do in data-act and data-value (menu.js).</summary>
public sealed class ActEventArgs : EventArgs
{
    /// <summary>What to do.</summary>
    public string Act { get; set; } = "";

    /// <summary>With or to what; empty where nothing is needed.</summary>
    public string Value { get; set; } = "";
}

/// <summary>Events of the page's own elements (start.js names them to Blazor).</summary>
[EventHandler("onomnihold", typeof(HoldEventArgs), enableStopPropagation: true, enablePreventDefault: true)]
[EventHandler("onomnipick", typeof(PickEventArgs), enableStopPropagation: true, enablePreventDefault: true)]
[EventHandler("onomniswipe", typeof(SwipeEventArgs), enableStopPropagation: true, enablePreventDefault: true)]
[EventHandler("onomniseen", typeof(SeenEventArgs), enableStopPropagation: true, enablePreventDefault: true)]
[EventHandler("onomniview", typeof(ViewEventArgs), enableStopPropagation: true, enablePreventDefault: true)]
[EventHandler("onomniact", typeof(ActEventArgs), enableStopPropagation: true, enablePreventDefault: true)]
[EventHandler("onomniopen", typeof(EventArgs), enableStopPropagation: true, enablePreventDefault: true)]
public static class EventHandlers;
