using Microsoft.AspNetCore.Mvc;
using Omni.Core.Channels;
using Omni.Core.Common;
using Omni.Core.Identity;

namespace Omni.Web.Channels;

/// <summary>The way to a platform and back when an account is connected by a login there.</summary>
[ApiExplorerSettings(IgnoreApi = true)]
public sealed class AccountLoginController(AccountLogins logins, ICurrentActor current) : Controller
{
    private const string Failed = "/settings/channels?login=failed";

    /// <summary>Goes to the platform. A link and no form: the policy of the pages lets forms go nowhere else.</summary>
    [HttpGet("connect/{kind}/start")]
    public async Task<IActionResult> Start(string kind, CancellationToken ct) =>
        (await current.GetAsync(ct)).Succeeded(out var actor, out _) && Names.TryParse<ChannelKind>(kind, out var platform) && (await logins.StartAsync(actor, platform, ct)).Succeeded(out var dialog, out _)
            ? Redirect(dialog.AbsoluteUri)
            : Redirect(Failed);

    /// <summary>Comes back from the platform, with a code or without.</summary>
    [HttpGet("connect/{kind}")]
    public async Task<IActionResult> Back(string kind, string? state, string? code, CancellationToken ct)
    {
        if (!(await current.GetAsync(ct)).Succeeded(out var actor, out _) || !Names.TryParse<ChannelKind>(kind, out var platform))
        {
            return Redirect(Failed);
        }

        return (await logins.FinishAsync(actor, platform, state, code, ct)).Succeeded(out var channel, out var refusal)
            ? Redirect($"/settings/channels?login=done&channel={channel.Id}")
            : refusal is Refusal.NotFound or Refusal.Forbidden ? Redirect(Failed) : Redirect($"{Failed}&why={await logins.ExplainAsync(actor, refusal, ct)}");
    }
}
