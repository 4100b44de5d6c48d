using Microsoft.AspNetCore.Mvc.Controllers;

namespace Omni.Web.Channels;

/// <summary>Lets webhooks skip everything that is meant for people: sign-in, limits, antiforgery.</summary>
internal static class WebhookRouting
{
    /// <summary>Marks the endpoints of <see cref="WebhookController"/> to be run as soon as they are found.</summary>
    internal static IEndpointConventionBuilder ShortCircuitWebhooks(this IEndpointConventionBuilder controllers)
    {
        new OnlyWebhooks(controllers).ShortCircuit();
        return controllers;
    }

    private sealed class OnlyWebhooks(IEndpointConventionBuilder controllers) : IEndpointConventionBuilder
    {
        public void Add(Action<EndpointBuilder> convention) => controllers.Add(endpoint =>
        {
            if (endpoint.Metadata.OfType<ControllerActionDescriptor>().Any(a => a.ControllerTypeInfo == typeof(WebhookController)))
            {
                convention(endpoint);
            }
        });
    }
}
