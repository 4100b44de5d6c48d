using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Mvc.Filters;
using Omni.Core.Common;
using Omni.Core.Identity;
using Omni.Core.Operations;

namespace Omni.Web.Shared.Api;

/// <summary>
/// A creating call that can be repeated: with the header <c>Idempotency-Key</c>, or a <c>clientId</c> in the body, the first success is
/// answered again for 24 hours. The same key with another request answers 409; while the first call runs, 409 with Retry-After. A failed
/// call gives the key back.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class IdempotentAttribute : Attribute, IAsyncResourceFilter
{
    /// <summary>The header's name.</summary>
    internal const string Header = "Idempotency-Key";

    private const int MostKept = 4 << 20;

    /// <summary>False when the use case itself knows the body's clientId.</summary>
    public bool ByClientId { get; init; } = true;

    public async Task OnResourceExecutionAsync(ResourceExecutingContext context, ResourceExecutionDelegate next)
    {
        var http = context.HttpContext;
        var ct = http.RequestAborted;
        string? key = http.Request.Headers[Header];
        if (key is not null && (key.Length is 0 or > 190 || key.Any(c => c is < ' ' or > '~')))
        {
            context.Result = Problems.From(http, new Refusal.Invalid(Header, "1 to 190 visible ASCII characters are expected."));
            return;
        }

        var current = http.RequestServices.GetRequiredService<ICurrentActor>();
        if ((key is null && !ByClientId) || !(await current.GetAsync(ct)).Succeeded(out var actor, out _))
        {
            await next();
            return;
        }

        http.Request.EnableBuffering(bufferThreshold: 1 << 20);
        var hash = await HashAsync(http.Request, actor, ct);
        key ??= await ClientIdAsync(http.Request, ct);
        http.Request.Body.Position = 0;
        if (key is null)
        {
            await next();
            return;
        }

        var keys = http.RequestServices.GetRequiredService<IIdempotencyKeys>();
        switch (await keys.ClaimAsync(actor.OrganizationId, key, hash, ct))
        {
            case IdempotencyClaim.Claimed claim:
                await ExecuteAsync(http, keys, actor.OrganizationId, key, claim.Owner, next);
                break;
            case IdempotencyClaim.Answered first:
                context.Result = new RepeatedAnswer(first);
                break;
            case IdempotencyClaim.OtherRequest:
                context.Result = Problems.From(http, new Refusal.Conflict("This idempotency key was already used for another request."));
                break;
            default:
                http.Response.Headers.RetryAfter = "1";
                context.Result = Problems.From(http, new Refusal.Conflict("The first call with this idempotency key is still running."));
                break;
        }
    }

    private static async Task ExecuteAsync(
        HttpContext http, IIdempotencyKeys keys, Guid organizationId, string key, Guid owner, ResourceExecutionDelegate next)
    {
        var wire = http.Response.Body;
        using var kept = new MemoryStream();
        http.Response.Body = kept;
        var succeeded = false;
        try
        {
            var executed = await next();
            succeeded = executed.Exception is null && http.Response.StatusCode is >= 200 and < 300 && kept.Length <= MostKept;
        }
        finally
        {
            http.Response.Body = wire;
            // The outcome is recorded even when the caller has hung up: the change is made, and its repeat must find it.
            await (succeeded
                ? keys.CompleteAsync(organizationId, key, owner, http.Response.StatusCode, http.Response.ContentType, kept.ToArray(), CancellationToken.None)
                : keys.ReleaseAsync(organizationId, key, owner, CancellationToken.None));
        }

        kept.Position = 0;
        await kept.CopyToAsync(wire, http.RequestAborted);
    }

    private static async Task<byte[]> HashAsync(HttpRequest request, Actor actor, CancellationToken ct)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{actor.UserId}\n{request.Method}\n{request.Path}{request.QueryString}\n"));
        var buffer = new byte[81920];
        for (var read = await request.Body.ReadAsync(buffer, ct); read > 0; read = await request.Body.ReadAsync(buffer, ct))
        {
            hash.AppendData(buffer, 0, read);
        }

        return hash.GetHashAndReset();
    }

    private static async Task<string?> ClientIdAsync(HttpRequest request, CancellationToken ct)
    {
        if (!request.HasJsonContentType())
        {
            return null;
        }

        request.Body.Position = 0;
        try
        {
            using var body = await JsonDocument.ParseAsync(request.Body, cancellationToken: ct);
            return body.RootElement.ValueKind == JsonValueKind.Object && body.RootElement.TryGetProperty("clientId", out var id)
                && id.ValueKind == JsonValueKind.String && id.TryGetGuid(out var guid) ? $"client:{guid}" : null;
        }
        catch (JsonException)
        {
            return null; // the action's own reader says what is wrong
        }
    }

    private sealed class RepeatedAnswer(IdempotencyClaim.Answered first) : Microsoft.AspNetCore.Mvc.IActionResult
    {
        public async Task ExecuteResultAsync(Microsoft.AspNetCore.Mvc.ActionContext context)
        {
            var response = context.HttpContext.Response;
            (response.StatusCode, response.ContentType, response.ContentLength) = (first.Status, first.ContentType, first.Body.Length);
            response.Headers["Idempotency-Replayed"] = "true";
            await response.Body.WriteAsync(first.Body, context.HttpContext.RequestAborted);
        }
    }
}
