using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Mvc;
using Omni.Core.Identity;
using Omni.Web.Shared.Api;

namespace Omni.Web.Identity;

/// <summary>One's own account, and colleagues.</summary>
[Route("api/v1/users")]
public sealed class UsersController(UserService users, AccountService accounts) : OmniController
{
    /// <summary>One's own account.</summary>
    [HttpGet("me"), SessionSuffices]
    public Task<IActionResult> Me(CancellationToken ct) => RunForSessionAsync(me => users.MeAsync(me, ct), IdentityShapes.Of);

    /// <summary>Changes name, username or e-mail address.</summary>
    [HttpPatch("me"), SessionSuffices]
    public Task<IActionResult> Change(UserBody body, CancellationToken ct) =>
        RunForSessionAsync(me => users.ChangeAsync(me, body.DisplayName, body.Username, body.Email, ct), IdentityShapes.Of);

    /// <summary>Deletes the account; needs the password.</summary>
    [HttpDelete("me"), SessionSuffices]
    public Task<IActionResult> Delete([FromBody] PasswordBody? body, CancellationToken ct) => RunForSessionAsync(me => accounts.DeleteAsync(me, body?.Password, ct));

    /// <summary>The personal settings.</summary>
    [HttpGet("me/settings"), SessionSuffices]
    public Task<IActionResult> Settings(CancellationToken ct) => RunForSessionAsync(me => users.MeAsync(me, ct), UserService.SettingsOf);

    /// <summary>Merges members into the personal settings; null removes one.</summary>
    [HttpPatch("me/settings"), SessionSuffices]
    public Task<IActionResult> ChangeSettings(JsonObject body, CancellationToken ct) => RunForSessionAsync(me => users.ChangeSettingsAsync(me, body, ct));

    /// <summary>Everything stored about the account, as a file.</summary>
    [HttpGet("me/export"), SessionSuffices]
    public Task<IActionResult> Export(CancellationToken ct)
    {
        Response.Headers.ContentDisposition = "attachment; filename=\"omni-account.json\"";
        return RunForSessionAsync(me => users.ExportAsync(me, ct));
    }

    /// <summary>A colleague.</summary>
    [HttpGet("{id:guid}")]
    public Task<IActionResult> Get(Guid id, CancellationToken ct) => RunAsync(actor => users.GetAsync(actor, id, ct), IdentityShapes.Of, scope: "members:read");

    /// <summary>Colleagues by name, username or e-mail address.</summary>
    [HttpGet("search")]
    public Task<IActionResult> Search([FromQuery] string? q, CancellationToken ct) =>
        RunAsync(actor => users.SearchAsync(actor, q, ct), list => list.Select(IdentityShapes.Of), scope: "members:read");
}
