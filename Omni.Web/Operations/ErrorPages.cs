using Microsoft.AspNetCore.Diagnostics;
using Omni.Web.Shared.Api;

namespace Omni.Web.Operations;

/// <summary>Pages for people when a page cannot be shown. Programs get answers in their own form from the API.</summary>
internal static class ErrorPages
{
    private static readonly string[] ForPrograms = ["/api", "/media", "/avatars", "/webhooks", "/health", "/metrics", "/openapi", "/_blazor", "/_framework"];

    /// <summary>Shows <c>/error</c>, <c>/not-found</c> or <c>/forbidden</c> in place of a failure, with its status. Goes before routing.</summary>
    internal static void UseErrorPages(this WebApplication app) =>
        app.UseWhen(http => !Array.Exists(ForPrograms, p => http.Request.Path.StartsWithSegments(p)), pages =>
        {
            pages.UseExceptionHandler(new ExceptionHandlerOptions
            {
                ExceptionHandlingPath = "/error",
                CreateScopeForErrors = true,
                StatusCodeSelector = failure => ApiErrors.IsDatabaseAway(failure) ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status500InternalServerError,
            });
            pages.UseStatusCodePages(async context =>
            {
                var http = context.HttpContext;
                var page = http.Response.StatusCode switch
                {
                    StatusCodes.Status403Forbidden => "/forbidden",
                    StatusCodes.Status404NotFound => "/not-found",
                    >= StatusCodes.Status500InternalServerError => "/error",
                    _ => null,
                };
                if (page is not null && HttpMethods.IsGet(http.Request.Method) && http.Request.Path != page)
                {
                    var (status, path) = (http.Response.StatusCode, http.Request.Path);
                    http.Features.Set<IStatusCodeReExecuteFeature>(new StatusCodeReExecuteFeature { OriginalPath = path, OriginalPathBase = http.Request.PathBase });
                    http.Request.Path = page;
                    http.SetEndpoint(null);
                    http.Request.RouteValues.Clear();
                    try
                    {
                        await context.Next(http);
                    }
                    finally
                    {
                        http.Request.Path = path;
                    }

                    if (!http.Response.HasStarted)
                    {
                        http.Response.StatusCode = status;
                    }
                }
            });
        });
}
