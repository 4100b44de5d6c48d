using Microsoft.AspNetCore.Mvc;
using Omni.Core.Common;
using Omni.Core.Notifications;
using Omni.Web.Shared.Api;

namespace Omni.Web.Notifications;

/// <summary>Browsers that take pushes for the caller.</summary>
[Route("api/v1/push-subscriptions"), Tags("notifications")]
public sealed class PushSubscriptionsController(PushSubscriptionService subscriptions, IPushGateway gateway) : OmniController
{
    /// <summary>The key that a browser subscribes with (applicationServerKey).</summary>
    [HttpGet("key"), SessionSuffices]
    [ProducesResponseType<Answer<PushKey>>(StatusCodes.Status200OK)]
    public Task<IActionResult> Key(CancellationToken ct) => RunForSessionAsync<PushKey>(async _ => new PushKey(await gateway.PublicKeyAsync(ct)));

    /// <summary>Remembers a browser, as its PushSubscription writes itself.</summary>
    [HttpPut, SessionSuffices]
    [ProducesResponseType<Acknowledged>(StatusCodes.Status200OK)]
    public Task<IActionResult> Put(PushSubscriptionBody body, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(body);
        return RunForSessionAsync(me => subscriptions.PutAsync(me, body.Endpoint, body.Keys?.P256dh, body.Keys?.Auth, ct));
    }

    /// <summary>Forgets a browser.</summary>
    [HttpDelete, SessionSuffices]
    [ProducesResponseType<Acknowledged>(StatusCodes.Status200OK)]
    public Task<IActionResult> Delete([FromBody] PushSubscriptionBody body, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(body);
        return RunForSessionAsync(me => subscriptions.RemoveAsync(me, body.Endpoint, ct));
    }
}

/// <summary>The installation's key for pushes.</summary>
/// <param name="PublicKey">A point of P-256 in base64url.</param>
public sealed record PushKey(string PublicKey);

/// <summary>A browser's subscription.</summary>
/// <param name="Endpoint">Address at the push service.</param>
/// <param name="Keys">The browser's keys; needed to remember it.</param>
public sealed record PushSubscriptionBody(string? Endpoint, PushKeys? Keys = null);

/// <summary>A browser's keys, in base64url.</summary>
/// <param name="P256dh">Public key.</param>
/// <param name="Auth">Secret.</param>
public sealed record PushKeys(string? P256dh, string? Auth);
