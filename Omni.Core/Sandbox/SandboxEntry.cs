using Omni.Core.Common;
using Omni.Core.Tenancy;

namespace Omni.Core.Sandbox;

/// <summary>One thing that passed between Omni and a pretend platform, as it went over the wire: the phone is drawn from these, and Omni can be held against them.</summary>
public sealed class SandboxEntry : ITenantOwned
{
    /// <summary>Identity; rises with time.</summary>
    public Guid Id { get; init; } = OmniId.New();

    /// <inheritdoc/>
    public required Guid OrganizationId { get; init; }

    /// <summary>The play channel.</summary>
    public required Guid ChannelId { get; init; }

    /// <summary>What it was.</summary>
    public required SandboxEntryKind Kind { get; init; }

    /// <summary>When it began (UTC).</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The pretend customer's id on the platform; empty when the call named none.</summary>
    public string ContactId { get; init; } = "";

    /// <summary>The pretend customer's name; empty where the platform does not say it.</summary>
    public string ContactName { get; init; } = "";

    /// <summary>The platform's id of the message it is or is about; null for a send that was not taken.</summary>
    public string? MessageId { get; init; }

    /// <summary>Type of a message (text, image, location …), or the state a status reports.</summary>
    public string Type { get; init; } = "";

    /// <summary>The words, or a caption, or an emoji.</summary>
    public string? Text { get; init; }

    /// <summary>The platform's id of the message that is answered, reacted to, edited or deleted.</summary>
    public string? AboutId { get; init; }

    /// <summary>Buttons the customer can press, as a JSON array of <c>{id,title}</c>; null without any.</summary>
    public string? Choices { get; init; }

    /// <summary>Omni's own id of the message, where the call carried one.</summary>
    public Guid? Reference { get; init; }

    /// <summary>The body as it went, byte for byte.</summary>
    public byte[] Body { get; init; } = [];

    /// <summary>Headers that belong to the body, such as its signature, as JSON.</summary>
    public string Headers { get; init; } = "{}";

    /// <summary>The answer's HTTP status; 0 without an answer.</summary>
    public int AnswerStatus { get; set; }

    /// <summary>The beginning of the answer's body.</summary>
    public string? Answer { get; set; }

    /// <summary>How long until the answer, in milliseconds, over all attempts.</summary>
    public int TookMs { get; set; }

    /// <summary>How often it was sent.</summary>
    public int Attempts { get; set; } = 1;
}

/// <summary>What passed.</summary>
public enum SandboxEntryKind
{
    /// <summary>The customer did something; a webhook to Omni.</summary>
    Inbound,

    /// <summary>The platform reported a state of one of our messages; a webhook to Omni.</summary>
    Status,

    /// <summary>Omni sent a message; a call of the platform.</summary>
    Send,

    /// <summary>Omni marked the customer's messages as read; a call of the platform.</summary>
    Read,

    /// <summary>Omni showed that somebody writes; a call of the platform.</summary>
    Typing,
}
