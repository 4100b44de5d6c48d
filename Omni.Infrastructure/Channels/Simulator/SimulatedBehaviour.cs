namespace Omni.Infrastructure.Channels.Simulator;

/// <summary>How the simulated platform goes wrong with a send.</summary>
internal enum SimulatedFailure
{
    /// <summary>It does not.</summary>
    None,

    /// <summary>HTTP 429 with <see cref="SimulatedBehaviour.RetryAfter"/>; nothing accepted.</summary>
    TooMany,

    /// <summary>An error object with <see cref="SimulatedBehaviour.Code"/>; nothing accepted.</summary>
    GraphError,

    /// <summary>HTTP 503 with an error object of <see cref="SimulatedBehaviour.Code"/>; nothing accepted.</summary>
    ServerErrorWithBody,

    /// <summary>HTTP 502 with a page of HTML; the message was accepted.</summary>
    ServerErrorWithoutBody,

    /// <summary>The message is accepted and the connection cut before the answer.</summary>
    LostAnswer,

    /// <summary>The connection is cut before the message is accepted.</summary>
    DroppedRequest,

    /// <summary>HTTP 200 with something that is no answer; the message was accepted.</summary>
    Garbage,
}

/// <summary>What one simulated account does out of the ordinary.</summary>
internal sealed record SimulatedBehaviour
{
    /// <summary>How long every call takes at least.</summary>
    public TimeSpan Slow { get; init; }

    /// <summary>Time between taking a message and answering the send; its states are reported meanwhile.</summary>
    public TimeSpan SlowAnswer { get; init; }

    /// <summary>What goes wrong with sends.</summary>
    public SimulatedFailure Failure { get; init; }

    /// <summary>For how many sends; then all is well again.</summary>
    public int Times { get; init; } = int.MaxValue;

    /// <summary>The error code for failures that carry one.</summary>
    public int Code { get; init; } = 131000;

    /// <summary>The wait that a 429 asks for; null without the header.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>True when every call is answered 401 with code 190.</summary>
    public bool TokenExpired { get; init; }

    /// <summary>True when only templates are accepted; anything else is answered with code 131047.</summary>
    public bool WindowClosed { get; init; }

    /// <summary>States that are reported after a send, in this order. <c>failed</c> carries <see cref="FailedCode"/>.</summary>
    public IReadOnlyList<string> Statuses { get; init; } = ["sent", "delivered", "read"];

    /// <summary>The code of a reported <c>failed</c>.</summary>
    public int FailedCode { get; init; } = 131026;

    /// <summary>Time before each reported state.</summary>
    public TimeSpan StatusDelay { get; init; }

    /// <summary>How often each webhook is sent.</summary>
    public int Copies { get; init; } = 1;

    /// <summary>True when states are reported backwards.</summary>
    public bool Reorder { get; init; }

    /// <summary>Time before a webhook that was not answered 200 is sent again; doubled each time, up to a minute.</summary>
    public TimeSpan WebhookBackOff { get; init; } = TimeSpan.FromMilliseconds(200);
}
