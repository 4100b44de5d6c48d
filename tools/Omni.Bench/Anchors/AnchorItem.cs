namespace Omni.Bench.Anchors;

/// <summary>One message on its way into an anchor's database.</summary>
internal sealed record AnchorItem(string Number, string Id, string From, string Text, string Body)
{
    /// <summary>Ends with the commit.</summary>
    internal TaskCompletionSource Stored { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}
