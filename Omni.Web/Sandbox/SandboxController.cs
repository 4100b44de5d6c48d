using Microsoft.AspNetCore.Mvc;
using Omni.Core.Common;
using Omni.Core.Sandbox;
using Omni.Web.Shared.Api;

namespace Omni.Web.Sandbox;

/// <summary>Play channels: write as a customer, let the pretend platform misbehave, read what passed. For owners.</summary>
[Route("api/v1/sandbox/{channelId:guid}")]
public sealed class SandboxController(SandboxService sandbox) : OmniController
{
    private const string Read = "channels:read";
    private const string Write = "channels:write";

    /// <summary>A pretend customer does something. The delivery is signed and posted to the real webhook address before the answer; at most 20 in a minute.</summary>
    [HttpPost("inbound")]
    public Task<IActionResult> Play(Guid channelId, SandboxInbound body, CancellationToken ct) => RunAsync<SandboxEntry>(
        async actor => !Names.TryParse<SandboxMessageType>(body.Type ?? "text", out var type) ? new Refusal.Invalid("type", $"Known: {string.Join(", ", Enum.GetValues<SandboxMessageType>().Select(Names.Of))}.")
            : body.Contact?.Name is not { } name ? new Refusal.Invalid("contact.name", "The customer needs a name.")
            : await sandbox.PlayAsync(actor, channelId, body.Message(type, name), ct),
        SandboxShapes.Of, StatusCodes.Status201Created, Write);

    /// <summary>A pretend customer looks at the phone: what was delivered to it is reported as read.</summary>
    [HttpPost("read")]
    public Task<IActionResult> Look(Guid channelId, SandboxLook body, CancellationToken ct) => RunAsync<int>(
        async actor => body.Contact?.Id is { } id ? await sandbox.ReadAsync(actor, channelId, id, ct) : new Refusal.Invalid("contact.id", "The customer's id is needed."),
        count => new { read = count }, scope: Write);

    /// <summary>How the pretend platform behaves from now on. A token that no longer counts and then counts again is a new one: the channel is connected with it and what waited goes out.</summary>
    [HttpPut("behaviour")]
    public Task<IActionResult> Behave(Guid channelId, SandboxManners body, CancellationToken ct) => RunAsync<SandboxBehaviour>(
        async actor => Names.TryParse<SandboxError>(body.Error ?? "none", out var error)
            ? await sandbox.SetBehaviourAsync(actor, channelId, body.Behaviour(error), ct)
            : new Refusal.Invalid("error", $"Known: {string.Join(", ", Enum.GetValues<SandboxError>().Select(Names.Of))}."),
        SandboxShapes.Of, scope: Write);

    /// <summary>What passed between Omni and the pretend platform, newest first, byte for byte, with what Omni made of it.</summary>
    [HttpGet("ledger")]
    public Task<IActionResult> Ledger(Guid channelId, CancellationToken ct) =>
        RunAsync(actor => sandbox.GetAsync(actor, channelId, ct), view => view.Lines.Reverse().Select(SandboxShapes.Of), scope: Read);

    /// <summary>Posts a delivery once more, byte for byte. Omni changes nothing then.</summary>
    [HttpPost("ledger/{entryId:guid}/deliver")]
    public Task<IActionResult> Again(Guid channelId, Guid entryId, CancellationToken ct) =>
        RunAsync(actor => sandbox.DeliverAgainAsync(actor, channelId, entryId, ct), SandboxShapes.Of, StatusCodes.Status201Created, Write);

    /// <summary>Forgets what passed and lets the platform behave again. Conversations stay.</summary>
    [HttpDelete("ledger")]
    public Task<IActionResult> StartOver(Guid channelId, CancellationToken ct) => RunAsync(actor => sandbox.StartOverAsync(actor, channelId, ct), scope: Write);
}
