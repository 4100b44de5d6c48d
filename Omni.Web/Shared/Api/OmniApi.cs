using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Omni.Core.Operations;
using Omni.Web.Events;
using Omni.Web.Widget;

namespace Omni.Web.Shared.Api;

/// <summary>The REST API: controllers, envelope, limits and description.</summary>
public static class OmniApi
{
    private static readonly string[] Paths = ["/api", "/media", "/avatars", "/widget"];

    /// <summary>Registers the API. Needs the modules of data, events, inbox, contacts, media, call limits and identity.</summary>
    public static IServiceCollection AddOmniApi(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddOptions<ApiLimitOptions>().BindConfiguration(ApiLimitOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<StreamPlaces>();
        services.AddSingleton<WidgetLimits>();
        services.AddCors();
        services.AddOptions<Microsoft.AspNetCore.Cors.Infrastructure.CorsOptions>().Configure<IOptions<OmniOptions>>((cors, options) => cors.AddDefaultPolicy(policy => policy
            .WithOrigins([.. OmniOptions.List(options.Value.Cors.Origins)]).AllowAnyMethod().AllowAnyHeader())); // tokens only: cookies are not sent along
        services.AddControllers(options =>
            {
                options.Conventions.Add(new DenyByDefault());
                options.Filters.Add(new RequestSizeLimitAttribute(1 << 20));
                options.AllowEmptyInputInBodyModelBinding = false;
            })
            .AddApplicationPart(typeof(OmniApi).Assembly)
            .AddJsonOptions(json => OmniJson.Configure(json.JsonSerializerOptions))
            .ConfigureApiBehaviorOptions(behaviour =>
            {
                behaviour.SuppressMapClientErrors = true; // ApiErrors writes the envelope
                behaviour.InvalidModelStateResponseFactory = BadInput.From;
            });
        services.ConfigureHttpJsonOptions(json => OmniJson.Configure(json.SerializerOptions)); // what the description is made from
        services.AddOpenApi("v1", ApiDescription.Configure);
        return services;
    }

    /// <summary>Makes every failure of the API a problem in the envelope, and limits calls by address. Goes before sign-in, which is covered by both.</summary>
    public static IApplicationBuilder UseOmniApiErrors(this IApplicationBuilder app) =>
        app.UseWhen(http => Paths.Any(p => http.Request.Path.StartsWithSegments(p)), api => api.UseMiddleware<ApiErrors>())
            .UseWhen(http => http.Request.Path.StartsWithSegments(Paths[0]), api => api.UseMiddleware<ApiLimits>(true))
            .UseWhen(http => http.Request.Path.StartsWithSegments("/widget"), widget => widget.UseMiddleware<WidgetCors>());

    /// <summary>Limits calls to the API by session, token and organization. Goes after sign-in.</summary>
    public static IApplicationBuilder UseOmniApiLimits(this IApplicationBuilder app) =>
        app.UseWhen(http => http.Request.Path.StartsWithSegments(Paths[0]), api => api.UseMiddleware<ApiLimits>(false));

    /// <summary>Maps the controllers, the description under <c>/openapi/v1.json</c> and its page under <c>/docs</c>.</summary>
    public static WebApplication MapOmniApi(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        app.MapControllers();
        app.MapOpenApi().AllowAnonymous();
        app.UseSwaggerUI(page =>
        {
            page.RoutePrefix = "docs";
            page.DocumentTitle = "Omni API";
            page.SwaggerEndpoint("/openapi/v1.json", "Omni API v1");
        });
        return app;
    }
}
