namespace Omni.Web.Widget;

/// <summary>Lets pages of other sites load the chat's scripts. Browsers fetch modules as they fetch data: without these headers they refuse them.</summary>
internal static class WidgetScripts
{
    private const string Loader = "/widget.js";
    private static readonly PathString Folder = "/widget";

    /// <summary>Opens the scripts to every site. They hold nothing of anybody; which site may show a chat is decided where its data is. Goes before the static files.</summary>
    internal static IApplicationBuilder UseWidgetScripts(this IApplicationBuilder app) => app.Use((http, next) =>
    {
        var path = http.Request.Path;
        if (path == Loader || (path.StartsWithSegments(Folder) && path.Value!.EndsWith(".js", StringComparison.Ordinal)))
        {
            http.Response.Headers.AccessControlAllowOrigin = "*";
            http.Response.Headers["Cross-Origin-Resource-Policy"] = "cross-origin";
        }

        return next(http);
    });
}
