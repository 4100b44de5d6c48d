using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Omni.Infrastructure.Channels.Simulator;

/// <summary>Writes answers in the Graph API's form.</summary>
internal static class SimulatorReply
{
    /// <summary>A JSON answer.</summary>
    public static Task JsonAsync(HttpContext http, object body, int status = StatusCodes.Status200OK)
    {
        http.Response.StatusCode = status;
        return http.Response.WriteAsJsonAsync(body, http.RequestAborted);
    }

    /// <summary>An error object.</summary>
    public static Task ErrorAsync(HttpContext http, int status, int code, string message, string? details = null, int? subcode = null) => JsonAsync(
        http,
        new
        {
            error = new
            {
                message = $"(#{code.ToString(CultureInfo.InvariantCulture)}) {message}",
                type = "OAuthException",
                code,
                error_subcode = subcode,
                error_data = details is null ? null : new { messaging_product = "whatsapp", details },
                fbtrace_id = "Simulated",
            },
        },
        status);

    /// <summary>What the platform says about an id that the token cannot see; it does not tell missing from foreign.</summary>
    public static Task NoSuchNodeAsync(HttpContext http, string id) => ErrorAsync(
        http,
        StatusCodes.Status400BadRequest,
        100,
        $"Unsupported {http.Request.Method.ToLowerInvariant()} request. Object with ID '{id}' does not exist, cannot be loaded due to missing permissions, or does not support this operation",
        subcode: 33);
}
