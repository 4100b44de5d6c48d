using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Omni.Tests.Notifications;

/// <summary>A push service on 127.0.0.1: takes messages as the standards (RFC 8030, 8188, 8291, 8292) say, and refuses what breaks them.</summary>
internal sealed class PushService : IAsyncDisposable
{
    private readonly WebApplication _app;

    private PushService(WebApplication app) => _app = app;

    /// <summary>What was taken.</summary>
    internal ConcurrentQueue<TakenPush> Taken { get; } = new();

    /// <summary>What the next messages are answered.</summary>
    internal ConcurrentQueue<int> Answers { get; } = new();

    /// <summary>How many messages came, whatever they were answered.</summary>
    internal int Tries;

    /// <summary>The key that subscriptions were made with; messages by others are refused.</summary>
    internal string ServerKey { get; set; } = "";

    internal string Address => _app.Urls.First();

    internal static async Task<PushService> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(k => k.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        var service = new PushService(app);
        app.MapPost("/{browser}", service.TakeAsync);
        await app.StartAsync();
        return service;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private async Task<IResult> TakeAsync(string browser, HttpRequest request)
    {
        Interlocked.Increment(ref Tries);
        if (Answers.TryDequeue(out var answer))
        {
            return Results.StatusCode(answer);
        }

        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body);
        if (request.Headers.ContentEncoding != "aes128gcm" || !int.TryParse(request.Headers["TTL"], out var seconds) || body.Length > 4096)
        {
            return Results.StatusCode(400);
        }

        if (!IsAuthorized(request.Headers.Authorization.ToString()))
        {
            return Results.StatusCode(403);
        }

        Taken.Enqueue(new TakenPush(browser, body.ToArray(), seconds, request.Headers["Urgency"].ToString(), request.Headers["Topic"].ToString()));
        return Results.StatusCode(201);
    }

    private bool IsAuthorized(string header)
    {
        if (!header.StartsWith("vapid ", StringComparison.Ordinal))
        {
            return false;
        }

        var parts = header[6..].Split(',', StringSplitOptions.TrimEntries).Select(p => p.Split('=', 2)).ToDictionary(p => p[0], p => p[1]);
        var token = parts["t"].Split('.');
        var point = Base64Url.DecodeFromChars(parts["k"]);
        using var key = ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = new ECPoint { X = point[1..33], Y = point[33..] } });
        var claims = JsonNode.Parse(Base64Url.DecodeFromChars(token[1]))!;
        var left = DateTimeOffset.FromUnixTimeSeconds(claims["exp"]!.GetValue<long>()) - DateTimeOffset.UtcNow;
        return parts["k"] == ServerKey
            && key.VerifyData(Encoding.ASCII.GetBytes($"{token[0]}.{token[1]}"), Base64Url.DecodeFromChars(token[2]), HashAlgorithmName.SHA256)
            && claims["aud"]!.ToString() == Address && left > TimeSpan.Zero && left <= TimeSpan.FromHours(24)
            && claims["sub"]!.ToString().StartsWith("https://", StringComparison.Ordinal);
    }
}

/// <summary>A message that the service took.</summary>
internal sealed record TakenPush(string Browser, byte[] Body, int Seconds, string Urgency, string Topic);
