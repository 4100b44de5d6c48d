using System.Text;

namespace Omni.Bench.Floor;

/// <summary>Pages with nothing behind them: what a circuit costs at least, and how soon an event can be on all of them.</summary>
internal static class FloorServer
{
    /// <summary>The mode that runs it.</summary>
    internal const string Mode = "floor";

    /// <summary>Runs until the process is ended.</summary>
    internal static async Task RunAsync(BenchOptions options)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{options.Number("port", 0)}");
        builder.WebHost.ConfigureKestrel(k => k.AddServerHeader = false);
        builder.Services.AddSingleton<FloorNews>();
        builder.Services.AddRazorComponents().AddInteractiveServerComponents();
        var app = builder.Build();
        app.UseAntiforgery();
        app.MapRazorComponents<FloorApp>().AddInteractiveServerRenderMode(o => o.DisableWebSocketCompression = true);
        app.MapGet("/ready", () => "ready");
        app.MapGet("/metrics", () => $"dotnet_gc_last_collection_heap_size_bytes {GC.GetGCMemoryInfo().HeapSizeBytes}\ndotnet_gc_last_collection_heap_fragmentation_size_bytes {GC.GetGCMemoryInfo().FragmentedBytes}\n");
        // The body is what the row or the message says from now on.
        app.MapPost("/row", (FloorNews news, HttpRequest request) => TellAsync(news, request, isRow: true));
        app.MapPost("/message", (FloorNews news, HttpRequest request) => TellAsync(news, request, isRow: false));
        await app.RunAsync();
    }

    private static async Task<IResult> TellAsync(FloorNews news, HttpRequest request, bool isRow)
    {
        using var reader = new StreamReader(request.Body, Encoding.UTF8);
        news.Tell(isRow, await reader.ReadToEndAsync());
        return Results.Ok();
    }
}
