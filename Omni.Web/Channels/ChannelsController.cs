using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Mvc;
using Omni.Core.Channels;
using Omni.Core.Common;
using Omni.Core.Sandbox;
using Omni.Core.Widget;
using Omni.Web.Shared.Api;

namespace Omni.Web.Channels;

/// <summary>Connected accounts of platforms.</summary>
[Route("api/v1/channels")]
public sealed class ChannelsController(ChannelService channels, ChannelHistory history, SandboxService sandbox, WidgetChannels widgets) : OmniController
{
    private const string Read = "channels:read";
    private const string Write = "channels:write";

    /// <summary>All connected channels.</summary>
    [HttpGet]
    public Task<IActionResult> List(CancellationToken ct) =>
        RunAsync(actor => channels.ListAsync(actor, ct), list => list.Select(ChannelShapes.Of), scope: Read);

    /// <summary>Connects an account: the token must read exactly the account that is named. With <c>sandbox</c> makes a play channel instead, which needs no credentials.</summary>
    [HttpPost]
    public Task<IActionResult> Connect(ConnectChannel body, CancellationToken ct) => RunAsync<ConnectedChannel>(
        async actor => !Names.TryParse<ChannelKind>(body.Kind, out var kind) ? new Refusal.Invalid("kind", "There is no such platform.")
            : !body.Sandbox ? await channels.ConnectAsync(actor, new ChannelDraft(kind, body.Name, body.Credentials ?? [], body.Settings), ct)
            : body.Credentials is { Count: > 0 } ? new Refusal.Invalid("credentials", "A sandbox channel takes none.")
            : await sandbox.CreateAsync(actor, kind, body.Name, ct),
        ChannelShapes.Of, StatusCodes.Status201Created, Write);

    /// <summary>One channel.</summary>
    [HttpGet("{id:guid}")]
    public Task<IActionResult> Get(Guid id, CancellationToken ct) => RunAsync(actor => channels.GetAsync(actor, id, ct), ChannelShapes.Of, scope: Read);

    /// <summary>Changes name, settings or credentials, or switches the channel off and on.</summary>
    [HttpPatch("{id:guid}")]
    public Task<IActionResult> Change(Guid id, ChangeChannel body, CancellationToken ct) =>
        RunAsync(actor => channels.UpdateAsync(actor, id, new ChannelPatch(body.Name, body.Credentials, body.Settings, body.Enabled), ct), ChannelShapes.Of, scope: Write);

    /// <summary>Disconnects a channel; its conversations stay.</summary>
    [HttpDelete("{id:guid}")]
    public Task<IActionResult> Disconnect(Guid id, CancellationToken ct) => RunAsync(actor => channels.DisconnectAsync(actor, id, ct), scope: Write);

    /// <summary>Tests a channel and says what is wrong and what to do.</summary>
    [HttpPost("{id:guid}/test")]
    public Task<IActionResult> Test(Guid id, CancellationToken ct) => RunAsync(actor => channels.TestAsync(actor, id, ct), ChannelShapes.Of, scope: Write);

    /// <summary>Makes a new identity secret for a website chat; it is shown in this answer only, and the former one stops working.</summary>
    [HttpPost("{id:guid}/identity-secret")]
    public Task<IActionResult> NewIdentitySecret(Guid id, CancellationToken ct) =>
        RunAsync(actor => widgets.NewSecretAsync(actor, id, ct), secret => new { secret }, StatusCodes.Status201Created, Write);

    /// <summary>How a channel is doing.</summary>
    [HttpGet("{id:guid}/health")]
    public Task<IActionResult> Health(Guid id, CancellationToken ct) => RunAsync(actor => channels.HealthAsync(actor, id, ct), ChannelShapes.Of, scope: Read);

    /// <summary>Fetches messages of the last seven days from the platform, where it lists them (Messenger, Instagram, TikTok). WhatsApp does not: it posts a number's history once, when the number is connected in the business app.</summary>
    [HttpPost("{id:guid}/sync")]
    public Task<IActionResult> Sync(Guid id, CancellationToken ct) => RunAsync(actor => history.FetchAsync(actor, id, ct), count => new { deliveries = count }, scope: Write);

    /// <summary>The account's message templates.</summary>
    [HttpGet("{id:guid}/templates")]
    public Task<IActionResult> Templates(Guid id, CancellationToken ct) =>
        RunAsync(actor => channels.TemplatesAsync(actor, id, ct), list => list.Select(ChannelShapes.Of), scope: Read);
}

/// <summary>Body of <c>POST /channels</c>.</summary>
/// <param name="Kind">The platform.</param>
/// <param name="Name">Name for the team.</param>
/// <param name="Credentials">Values by name.</param>
/// <param name="Settings">Settings.</param>
/// <param name="Sandbox">True for a play channel, whose platform is pretended.</param>
public sealed record ConnectChannel(string? Kind, string? Name, Dictionary<string, string?>? Credentials, JsonObject? Settings, bool Sandbox = false);

/// <summary>Body of <c>PATCH /channels/{id}</c>; what is left out stays.</summary>
/// <param name="Name">Name for the team.</param>
/// <param name="Credentials">New values by name; an empty text removes an optional one.</param>
/// <param name="Settings">Settings, as a whole.</param>
/// <param name="Enabled">False switches the channel off, true on.</param>
public sealed record ChangeChannel(string? Name, Dictionary<string, string?>? Credentials, JsonObject? Settings, bool? Enabled);
