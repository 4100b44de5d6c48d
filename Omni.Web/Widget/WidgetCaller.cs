using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc;
using Omni.Core.Common;
using Omni.Core.Widget;
using Omni.Web.Shared.Api;

namespace Omni.Web.Widget;

/// <summary>What the controllers of visitors share: the chat that was found, the visitor behind the token, limits. No member of the team stands behind these calls.</summary>
[AllowAnonymous, Tags("widget")]
public abstract class WidgetCaller(WidgetVisitors visitors) : OmniController
{
    /// <summary>The chat of the address.</summary>
    protected WidgetSite Site => HttpContext.Features.GetRequiredFeature<WidgetSite>();

    /// <summary>The visitor's token; null without one.</summary>
    protected string? Token => Request.Headers[WidgetCors.TokenHeader] is [{ Length: > 0 } token] ? token : null;

    internal WidgetLimits Limits => HttpContext.RequestServices.GetRequiredService<WidgetLimits>();

    /// <summary>The visitor of the token.</summary>
    protected Task<Result<WidgetVisitor>> VisitorAsync(CancellationToken ct) => visitors.FindAsync(Site, Token, ct);

    /// <summary>Runs a use case for the visitor of the token, within a limit.</summary>
    internal async Task<IActionResult> ForVisitorAsync<T>(
        Func<WidgetVisitor, Task<Result<T>>> use, Func<WidgetVisitor, Task<Result<Done>>> limit, CancellationToken ct, Func<T, object?>? shape = null, int status = StatusCodes.Status200OK)
    {
        if (!(await VisitorAsync(ct)).Succeeded(out var visitor, out var refusal) || !(await limit(visitor)).Succeeded(out _, out refusal))
        {
            return Problems.From(HttpContext, refusal);
        }

        var result = await use(visitor);
        return status == StatusCodes.Status204NoContent && result.Refusal is null ? NoContent() : Answer(result, shape, status);
    }
}
