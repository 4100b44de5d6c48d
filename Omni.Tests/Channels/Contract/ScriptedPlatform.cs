using Microsoft.AspNetCore.Http;
using Omni.Core.Channels;

namespace Omni.Tests.Channels.Contract;

/// <summary>An answer of a platform, as it goes over the wire.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Body">The body.</param>
internal sealed record PlatformAnswer(int Status, string Body)
{
    /// <summary>Value of the Retry-After header; null without one.</summary>
    public string? RetryAfter { get; init; }

    /// <summary>True when the connection ends instead of an answer.</summary>
    public bool IsCut { get; init; }
}

/// <summary>A documented error with what must follow from it.</summary>
/// <param name="Answer">The platform's answer.</param>
/// <param name="Reaction">What to do; null when nobody can tell whether the message was sent.</param>
internal sealed record DocumentedError(PlatformAnswer Answer, SendReaction? Reaction);

/// <summary>A platform that gives the same answer to every call.</summary>
internal sealed class ScriptedPlatform : IAsyncDisposable
{
    private LocalServer? _server;
    private int _calls;

    /// <summary>The answer.</summary>
    public PlatformAnswer Next { get; set; } = new(404, "");

    /// <summary>Calls so far.</summary>
    public int Calls => _calls;

    /// <summary>Its address.</summary>
    public Uri Url => _server!.Url;

    public static async Task<ScriptedPlatform> StartAsync()
    {
        var platform = new ScriptedPlatform();
        platform._server = await LocalServer.StartAsync(platform.AnswerAsync);
        return platform;
    }

    public async ValueTask DisposeAsync() => await _server!.DisposeAsync();

    private async Task AnswerAsync(HttpContext http)
    {
        Interlocked.Increment(ref _calls);
        await http.Request.Body.CopyToAsync(Stream.Null);
        var answer = Next;
        if (answer.IsCut)
        {
            http.Abort();
            return;
        }

        http.Response.StatusCode = answer.Status;
        http.Response.ContentType = "application/json";
        if (answer.RetryAfter is { } after)
        {
            http.Response.Headers.RetryAfter = after;
        }

        await http.Response.WriteAsync(answer.Body);
    }
}
