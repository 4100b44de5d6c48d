using Omni.Core.Channels;

namespace Omni.Web.Channels;

/// <summary>How the state of a delivery is said.</summary>
/// <param name="Words">One word or two.</param>
/// <param name="Chip">Class of its chip.</param>
/// <param name="Meaning">What it means for the reader.</param>
public sealed record WebhookWords(string Words, string Chip, string Meaning)
{
    /// <summary>The words of a state.</summary>
    public static WebhookWords Of(InboundState state) => state switch
    {
        InboundState.Pending => new("Waiting", "chip--info", "Waits for its turn."),
        InboundState.Processed => new("Applied", "chip--ok", "Everything in it was applied."),
        InboundState.Failed => new("Failing", "chip--warn", "A try failed; it is tried again by itself."),
        InboundState.Quarantined => new("Quarantined", "chip--bad", "It could not be applied and is kept for you to look at."),
        _ => new("Unrouted", "chip--note", "Nobody has connected this account. It is applied once somebody does."),
    };
}
