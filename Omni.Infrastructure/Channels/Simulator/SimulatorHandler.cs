using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Omni.Infrastructure.Channels.Simulator;

/// <summary>Answers requests of an HTTP client inside the program; nothing leaves the process.</summary>
/// <param name="answer">Answers as the platform does; null when the installation has no sandbox, then nothing can be reached.</param>
internal sealed class SimulatorHandler(RequestDelegate? answer) : HttpMessageHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (answer is null)
        {
            throw new HttpRequestException(HttpRequestError.ConnectionError, "This installation has no sandbox.");
        }

        var uri = request.RequestUri!;
        var lifetime = new SimulatedLifetime { RequestAborted = cancellationToken };
        var http = new DefaultHttpContext();
        http.Features.Set<IHttpRequestLifetimeFeature>(lifetime);
        http.Request.Method = request.Method.Method;
        http.Request.Scheme = uri.Scheme;
        http.Request.Host = HostString.FromUriComponent(uri);
        http.Request.Path = uri.AbsolutePath;
        http.Request.QueryString = new QueryString(uri.Query);
        foreach (var (name, values) in request.Headers.Concat(request.Content?.Headers.AsEnumerable() ?? []))
        {
            http.Request.Headers[name] = values.ToArray();
        }

        if (request.Content is { } content)
        {
            http.Request.Body = new MemoryStream(await content.ReadAsByteArrayAsync(cancellationToken));
        }

        var body = new MemoryStream();
        http.Response.Body = body;
        await answer(http);
        return lifetime.IsCut ? throw new HttpRequestException(HttpRequestError.ResponseEnded, "The simulated connection was cut.") : Answer(http, body);
    }

    private static HttpResponseMessage Answer(HttpContext http, MemoryStream body)
    {
        var response = new HttpResponseMessage((HttpStatusCode)http.Response.StatusCode) { Content = new ByteArrayContent(body.ToArray()) };
        foreach (var (name, values) in http.Response.Headers)
        {
            if (!response.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values))
            {
                response.Content.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values);
            }
        }

        return response;
    }
}

/// <summary>A request inside the program, whose connection the simulated platform can cut.</summary>
internal sealed class SimulatedLifetime : IHttpRequestLifetimeFeature
{
    /// <summary>True once it was cut.</summary>
    public bool IsCut { get; private set; }

    public CancellationToken RequestAborted { get; set; }

    public void Abort() => IsCut = true;
}
