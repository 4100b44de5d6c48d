using System.Net.Http.Headers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Omni.Tests.Browser.Widget;

/// <summary>A proxy as some companies have them: it passes an answer's head on at once, but its body only when it is complete.</summary>
internal sealed class BufferingProxy : IAsyncDisposable
{
    private static readonly string[] Own = ["transfer-encoding", "connection", "content-length", "host"];

    private readonly WebApplication _app;
    private readonly HttpClient _http;

    private BufferingProxy(WebApplication app, HttpClient http) => (_app, _http) = (app, http);

    /// <summary>Its origin.</summary>
    internal string Origin { get; private set; } = "";

    internal static async Task<BufferingProxy> StartAsync(Uri behind)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var proxy = new BufferingProxy(builder.Build(), new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = behind, Timeout = TimeSpan.FromMinutes(2) });
        proxy._app.Run(proxy.PassAsync);
        await proxy._app.StartAsync();
        proxy.Origin = proxy._app.Urls.First();
        return proxy;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _http.Dispose();
    }

    private async Task PassAsync(HttpContext http)
    {
        using var request = new HttpRequestMessage(new HttpMethod(http.Request.Method), http.Request.Path + http.Request.QueryString.ToString());
        if (http.Request.ContentLength > 0)
        {
            request.Content = new StreamContent(http.Request.Body);
            request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(http.Request.ContentType!);
        }

        foreach (var (name, value) in http.Request.Headers.Where(h => !Own.Contains(h.Key.ToLowerInvariant())))
        {
            request.Headers.TryAddWithoutValidation(name, value.AsEnumerable());
        }

        try
        {
            using var answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, http.RequestAborted);
            http.Response.StatusCode = (int)answer.StatusCode;
            foreach (var (name, value) in answer.Headers.Concat(answer.Content.Headers).Where(h => !Own.Contains(h.Key.ToLowerInvariant())))
            {
                http.Response.Headers[name] = value.ToArray();
            }

            await http.Response.StartAsync(http.RequestAborted);
            var whole = await answer.Content.ReadAsByteArrayAsync(http.RequestAborted);
            await http.Response.Body.WriteAsync(whole, http.RequestAborted);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // The browser gave up, as it should.
        }
    }
}
