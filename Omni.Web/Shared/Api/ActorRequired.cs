using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc.ApplicationModels;
using Microsoft.AspNetCore.Mvc.Filters;
using Omni.Core.Identity;

namespace Omni.Web.Shared.Api;

/// <summary>Refuses a call that no member of an organization stands behind. Put on every action of <c>/api</c> that does not say otherwise, by <see cref="DenyByDefault"/>.</summary>
internal sealed class ActorRequired : IAsyncAuthorizationFilter
{
    public async Task OnAuthorizationAsync(AuthorizationFilterContext context)
    {
        var current = context.HttpContext.RequestServices.GetRequiredService<ICurrentActor>();
        if (!(await current.GetAsync(context.HttpContext.RequestAborted)).Succeeded(out _, out var refusal))
        {
            context.Result = Problems.From(context.HttpContext, refusal);
        }
    }
}

/// <summary>An action that concerns the account itself: any session will do, also one that works in no organization.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
internal sealed class SessionSufficesAttribute : Attribute, IAsyncAuthorizationFilter
{
    public async Task OnAuthorizationAsync(AuthorizationFilterContext context)
    {
        var current = context.HttpContext.RequestServices.GetRequiredService<ICurrentSession>();
        if (!(await current.GetAsync(context.HttpContext.RequestAborted)).Succeeded(out _, out var refusal))
        {
            context.Result = Problems.From(context.HttpContext, refusal);
        }
    }
}

/// <summary>Every action of an <see cref="OmniController"/> needs an actor unless it carries <c>[AllowAnonymous]</c>, <c>[SessionSuffices]</c> or a policy of its own: a forgotten attribute closes, it does not open.</summary>
internal sealed class DenyByDefault : IApplicationModelConvention
{
    public void Apply(ApplicationModel application)
    {
        foreach (var controller in application.Controllers.Where(c => typeof(OmniController).IsAssignableFrom(c.ControllerType)))
        {
            foreach (var action in controller.Actions)
            {
                var own = action.Attributes.Concat(controller.Attributes).Any(a => a is IAllowAnonymous or IAuthorizeData or SessionSufficesAttribute);
                if (!own)
                {
                    action.Filters.Add(new ActorRequired());
                    foreach (var selector in action.Selectors)
                    {
                        selector.EndpointMetadata.Add(ActorRequiredMetadata.Instance);
                    }
                }
            }
        }
    }
}

/// <summary>Marks an endpoint that needs an actor, for the API's description.</summary>
internal sealed class ActorRequiredMetadata
{
    internal static ActorRequiredMetadata Instance { get; } = new();
}
