using Microsoft.AspNetCore.Http;
using Omni.Core.Sandbox;
using Omni.Infrastructure.Channels.Meta;
using Omni.Infrastructure.Channels.Simulator;

namespace Omni.Infrastructure.Sandbox;

/// <summary>What the pretended platforms of Meta do alike: misbehave, sign, and report what became of a message.</summary>
internal sealed class SandboxGraph(ISandboxWire wire, TimeProvider clock)
{
    /// <summary>How long the platform takes to report on a message whose answer got lost; until then nobody knows what became of it.</summary>
    internal static readonly TimeSpan LostReport = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(30);

    /// <summary>The token of a call.</summary>
    public static string? TokenOf(HttpRequest request) =>
        request.Headers.Authorization.ToString() is var header && header.StartsWith("Bearer ", StringComparison.Ordinal) ? header[7..] : null;

    /// <summary>A signed delivery.</summary>
    public static SandboxPayload Signed(SandboxAccount account, byte[] body, string messageId) => new(
        body, new Dictionary<string, string> { [MetaSignature.Header] = MetaSignature.Sign(body, account.Credentials[Core.Channels.CredentialNames.AppSecret]) }, messageId);

    /// <summary>A message of Omni's as the simulator knows it.</summary>
    public static LedgerSend Send(SandboxAccount account, SandboxEntry send) =>
        new(send.At, account.AccountId, send.ContactId, send.Reference?.ToString("N"), send.Type, send.Text, send.MessageId!);

    /// <summary>The owner's switches in the simulator's terms.</summary>
    public static SimulatedBehaviour Behaviour(SandboxBehaviour behaviour) => new()
    {
        Slow = TimeSpan.FromMilliseconds(behaviour.SlowMs),
        Failure = behaviour switch
        {
            { Error: SandboxError.TooManyRequests } => SimulatedFailure.TooMany,
            { Error: SandboxError.ServerError } => SimulatedFailure.ServerErrorWithBody,
            { LostAnswer: true } => SimulatedFailure.LostAnswer,
            _ => SimulatedFailure.None,
        },
        RetryAfter = Pause,
        TokenExpired = behaviour.TokenExpired,
        WindowClosed = behaviour.WindowClosed,
        Statuses = ["sent", "delivered"], // read is what the person at the phone does
        StatusDelay = behaviour.LostAnswer ? LostReport : TimeSpan.Zero,
    };

    /// <summary>Takes what the simulator posts and puts it on the wire.</summary>
    public Func<SimulatedDelivery, CancellationToken, Task<int>> Deliver(SandboxAccount account) => async (webhook, ct) =>
    {
        var send = new SandboxEntry { OrganizationId = account.OrganizationId, ChannelId = account.ChannelId, Kind = SandboxEntryKind.Send, At = clock.GetUtcNow(), MessageId = webhook.About };
        var payload = new SandboxPayload(webhook.Body, new Dictionary<string, string> { [webhook.Header] = webhook.Signature }, webhook.About);
        await wire.DeliverAsync(account, SandboxService.Entry(account, SandboxEntryKind.Status, payload, send, webhook.What, clock.GetUtcNow()), ct);
        return StatusCodes.Status200OK; // the wire tried often enough; this platform then gives up
    };
}
