using System.ComponentModel.DataAnnotations;

namespace Omni.Infrastructure.Channels.Sending;

/// <summary>Times of the sender. Only for trying out what happens when they run out: the defaults fit every platform.</summary>
internal sealed class SendOptions
{
    internal const string Section = "Omni:Sending";

    /// <summary>How long a claim holds, in seconds: longer than the longest call to a platform.</summary>
    [Range(2, 600)]
    public int LeaseSeconds { get; init; } = 90;

    /// <summary>How long an unknown outcome is reconciled before the conversation goes on, in seconds.</summary>
    [Range(1, 60)]
    public int UnknownSeconds { get; init; } = 60;
}
