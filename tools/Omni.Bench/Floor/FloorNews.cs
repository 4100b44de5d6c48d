namespace Omni.Bench.Floor;

/// <summary>Tells every open page.</summary>
public sealed class FloorNews
{
    /// <summary>Raised for each piece of news, on any thread.</summary>
    public event EventHandler<FloorNewsEventArgs>? Came;

    /// <summary>Tells all.</summary>
    /// <param name="isRow">True for a row of the list, false for a message.</param>
    /// <param name="text">What it says.</param>
    public void Tell(bool isRow, string text) => Came?.Invoke(this, new FloorNewsEventArgs(isRow, text));
}

/// <summary>A piece of news.</summary>
/// <param name="isRow">True for a row of the list, false for a message.</param>
/// <param name="text">What it says.</param>
public sealed class FloorNewsEventArgs(bool isRow, string text) : EventArgs
{
    /// <summary>True for a row of the list, false for a message.</summary>
    public bool IsRow { get; } = isRow;

    /// <summary>What it says.</summary>
    public string Text { get; } = text;
}
