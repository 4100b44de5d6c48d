using Microsoft.AspNetCore.Components.Server;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Omni.Core.Inbox;
using Omni.Web.Identity;
using Omni.Web.Inbox;
using Omni.Web.Inbox.Drawing;

namespace Omni.Web.Shared;

/// <summary>Registers and maps the program's pages.</summary>
public static class PageRules
{
    // What the prerender of a settings page has read travels through the browser back to the circuit in one message; the default
    // of 32 kB would end the circuit.
    private const long LargestMessage = 1 << 20;

    /// <summary>Registers what pages need.</summary>
    public static IServiceCollection AddPages(this IServiceCollection services)
    {
        services.AddHttpContextAccessor();
        services.AddRazorComponents().AddInteractiveServerComponents(o =>
        {
            // A cut line shorter than this costs nothing; after it the browser loads the same place again.
            o.DisconnectedCircuitRetentionPeriod = TimeSpan.FromMinutes(3);
        }).AddHubOptions(o =>
        {
            o.MaximumReceiveMessageSize = LargestMessage;
            o.AddFilter<CircuitOwners>();
        });
        services.TryAddSingleton<CircuitOwners>();
        services.AddSingleton<Handover>();
        services.AddSingleton<SharedViews>();
        services.AddScoped<Workspace>();
        services.TryAddScoped<IInboxActions, InboxActions>();
        services.TryAddSingleton<IInboxDirectory, InboxDirectory>();
        return services;
    }

    /// <summary>Maps the pages.</summary>
    public static void MapPages(this IEndpointRouteBuilder app)
    {
        ArgumentNullException.ThrowIfNull(app);
        app.MapGet("/", () => Results.Redirect("/inbox")).ExcludeFromDescription();
        // Compressing each small patch of the page would cost every circuit 266 kB.
        app.MapRazorComponents<App>().AddInteractiveServerRenderMode(o => o.DisableWebSocketCompression = true);
    }
}
