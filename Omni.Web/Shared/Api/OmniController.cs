using Microsoft.AspNetCore.Mvc;
using Omni.Core.Common;
using Omni.Core.Identity;
using Omni.Core.Operations;
using Omni.Web.Shared;

namespace Omni.Web.Shared.Api;

/// <summary>What every controller of <c>/api/v1</c> shares: the actor, and answers in the product's envelope.</summary>
[ApiController]
public abstract class OmniController : ControllerBase
{
    /// <summary>Runs a use case as the present actor and answers with its value in the shape of the contract.</summary>
    /// <param name="use">The use case.</param>
    /// <param name="shape">Makes the public shape of the value; null when the value is the shape.</param>
    /// <param name="status">Status of a success.</param>
    /// <param name="scope">What an API token must be allowed to do.</param>
    protected async Task<IActionResult> RunAsync<T>(
        Func<Actor, Task<Result<T>>> use, Func<T, object?>? shape = null, int status = StatusCodes.Status200OK, string? scope = null)
    {
        var current = HttpContext.RequestServices.GetRequiredService<ICurrentActor>();
        if (!(await current.GetAsync(HttpContext.RequestAborted)).Succeeded(out var actor, out var refusal))
        {
            return Problems.From(HttpContext, refusal);
        }

        var logger = HttpContext.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger(GetType());
        using var log = logger.BeginScope(new LogScope(actor.OrganizationId, actor.UserId));
        return scope is not null && !actor.Has(scope)
            ? Problems.From(HttpContext, new Refusal.Forbidden($"This token lacks the scope {scope}."))
            : Answer(await Attempts.RunAsync(() => use(actor)), shape, status);
    }

    /// <summary>Runs a use case that concerns the account itself, in whatever organization. Personal tokens may only read here.</summary>
    /// <param name="use">The use case.</param>
    /// <param name="shape">Makes the public shape of the value; null when the value is the shape.</param>
    /// <param name="status">Status of a success.</param>
    protected async Task<IActionResult> RunForSessionAsync<T>(Func<SessionState, Task<Result<T>>> use, Func<T, object?>? shape = null, int status = StatusCodes.Status200OK)
    {
        var current = HttpContext.RequestServices.GetRequiredService<ICurrentSession>();
        if (!(await current.GetAsync(HttpContext.RequestAborted)).Succeeded(out var session, out var refusal))
        {
            return Problems.From(HttpContext, refusal);
        }

        return session.Scopes is not null && !HttpMethods.IsGet(Request.Method)
            ? Problems.From(HttpContext, new Refusal.Forbidden("A personal token cannot change the account it belongs to."))
            : Answer(await Attempts.RunAsync(() => use(session)), shape, status);
    }

    /// <summary>Cuts the answer off as soon as the session, the membership or the role ends that it was allowed for: a large file on a slow line takes hours.</summary>
    /// <param name="actor">Whose rights were checked.</param>
    protected void EndWithSession(Actor actor)
    {
        var watch = HttpContext.RequestServices.GetRequiredService<SessionRegistry>().Watch(actor);
        Response.RegisterForDispose(watch.Ended.Register(static http => ((HttpContext)http!).Abort(), HttpContext));
        Response.RegisterForDispose(watch);
    }

    /// <summary>Answers with a result.</summary>
    protected IActionResult Answer<T>(Result<T> result, Func<T, object?>? shape = null, int status = StatusCodes.Status200OK)
    {
        if (!result.Succeeded(out var value, out var refusal))
        {
            return Problems.From(HttpContext, refusal);
        }

        return value is Done
            ? StatusCode(status, new { success = true })
            : StatusCode(status, value is IPage page
                ? new { success = true, data = shape is null ? page.Items : shape(value), pagination = new { nextCursor = page.NextCursor, limit = page.Limit } }
                : new { success = true, data = shape is null ? value : shape(value) });
    }
}
