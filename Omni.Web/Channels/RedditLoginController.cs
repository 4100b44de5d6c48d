using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Mvc;
using Omni.Core.Channels;
using Omni.Core.Common;
using Omni.Core.Identity;
using Omni.Web.Identity;

namespace Omni.Web.Channels;

/// <summary>The way to Reddit and back when an account is connected by its consent.</summary>
[ApiExplorerSettings(IgnoreApi = true)]
public sealed class RedditLoginController(RedditLogins logins, AccountLogins accounts, ICurrentActor current) : Controller
{
    private const string Failed = "/settings/channels?login=failed";
    private const string Who = "user";
    private const string Where = "organization";
    private const string Comments = "comments";

    /// <summary>Goes to Reddit. A link and no form: the policy of the pages lets forms go nowhere else.</summary>
    [HttpGet("connect/reddit/start")]
    public async Task<IActionResult> Start(bool comments, CancellationToken ct) =>
        (await current.GetAsync(ct)).Succeeded(out var actor, out _) && logins.Check(actor).Succeeded(out _, out _)
            ? Challenge(
                RedditSignIn.ForConnecting("/connect/reddit", new Dictionary<string, string?>
                {
                    [Who] = actor.UserId.ToString(),
                    [Where] = actor.OrganizationId.ToString(),
                    [Comments] = comments ? "yes" : "no",
                }),
                RedditSignIn.Scheme)
            : Redirect(Failed);

    /// <summary>Comes back from Reddit with a consent. It counts once, and only for the person and organization it was begun for.</summary>
    [HttpGet("connect/reddit")]
    public async Task<IActionResult> Back(CancellationToken ct)
    {
        var consent = await RedditSignIn.ConsentOfAsync(HttpContext);
        await HttpContext.SignOutAsync(ExternalSignIn.Scheme);
        if (consent is not var (lasting, username, items) || !(await current.GetAsync(ct)).Succeeded(out var actor, out _)
            || items[Who] != actor.UserId.ToString() || items[Where] != actor.OrganizationId.ToString())
        {
            return Redirect(Failed);
        }

        return (await logins.ConnectAsync(actor, username, lasting, items[Comments] == "yes", ct)).Succeeded(out var channel, out var refusal)
            ? Redirect($"/settings/channels?login=done&channel={channel.Id}")
            : refusal is Refusal.NotFound or Refusal.Forbidden ? Redirect(Failed) : Redirect($"{Failed}&why={await accounts.ExplainAsync(actor, refusal, ct)}");
    }
}
