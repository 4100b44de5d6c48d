using Microsoft.AspNetCore.Mvc;
using Omni.Core.Channels;
using Omni.Core.Common;
using Omni.Core.Identity;

namespace Omni.Web.Channels;

/// <summary>The way to Facebook and back when a page is connected by a person's login.</summary>
[ApiExplorerSettings(IgnoreApi = true)]
public sealed class MetaLoginController(MetaLogins logins, ICurrentActor current) : Controller
{
    /// <summary>Goes to Facebook. A link and no form: the policy of the pages lets forms go nowhere else.</summary>
    [HttpGet("connect/meta/start")]
    public async Task<IActionResult> Start(string? kind, CancellationToken ct) =>
        (await current.GetAsync(ct)).Succeeded(out var actor, out _) && Names.TryParse<ChannelKind>(kind, out var platform) && (await logins.StartAsync(actor, platform, ct)).Succeeded(out var dialog, out _)
            ? Redirect(dialog.AbsoluteUri)
            : Redirect("/settings/channels?login=failed");

    /// <summary>Comes back from Facebook, with a code or without.</summary>
    [HttpGet("connect/meta")]
    public async Task<IActionResult> Back(string? state, string? code, CancellationToken ct) =>
        (await current.GetAsync(ct)).Succeeded(out var actor, out _) && (await logins.FinishAsync(actor, state, code, ct)).Succeeded(out var handle, out _)
            ? Redirect($"/settings/channels?login={handle}")
            : Redirect("/settings/channels?login=failed");
}
