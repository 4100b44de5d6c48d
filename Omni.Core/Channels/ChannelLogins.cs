using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Omni.Core.Common;
using Omni.Core.Identity;

namespace Omni.Core.Channels;

/// <summary>
/// Keeps what is between the steps of a login at a platform, sealed, for ten minutes and for the one session it was begun in. Its handle is the
/// <c>state</c> of the login, or stands in the address of the page that goes on with it.
/// </summary>
public sealed class ChannelLogins(IOmniDbFactory dbs, ISecrets secrets, TimeProvider clock)
{
    /// <summary>How long a step waits for the next one.</summary>
    public static readonly TimeSpan Lasts = TimeSpan.FromMinutes(10);

    private const string Table = "channel_logins";
    private const string Column = "payload";
    private const int IdLength = 16;
    private const int SecretLength = 32;
    private static readonly Refusal Over = new Refusal.NotFound("The login");

    /// <summary>Keeps a step.</summary>
    /// <param name="actor">Who logs in.</param>
    /// <param name="purpose">Platform and step, as <c>meta.begun</c>.</param>
    /// <param name="payload">What the next step needs; stored as JSON.</param>
    /// <param name="ct">Stops waiting.</param>
    /// <returns>Its handle: nobody can guess it, and it is of no use to anybody else.</returns>
    public async Task<string> KeepAsync<T>(Actor actor, string purpose, T payload, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(actor);
        var (id, secret, now) = (OmniId.New(), RandomNumberGenerator.GetBytes(SecretLength), clock.GetUtcNow());
        var sealedPayload = await secrets.SealAsync(actor.OrganizationId, Table, Column, id, JsonSerializer.SerializeToUtf8Bytes(payload), ct);
        await using var db = await dbs.OpenAsync(actor.OrganizationId, ct);
        await db.Set<ChannelLogin>().Where(l => l.ExpiresAt < now).ExecuteDeleteAsync(ct);
        db.Set<ChannelLogin>().Add(new ChannelLogin
        {
            Id = id,
            OrganizationId = actor.OrganizationId,
            Purpose = purpose,
            UserId = actor.UserId,
            SessionId = actor.SessionId,
            SecretHash = SHA256.HashData(secret),
            Payload = sealedPayload,
            ExpiresAt = now + Lasts,
        });
        await db.CommitAsync(ct);
        return Base64Url.EncodeToString([.. id.ToByteArray(bigEndian: true), .. secret]);
    }

    /// <summary>Reads a step and leaves it.</summary>
    /// <returns>Its payload; not found when the handle is not this session's, of another purpose, used up or too old.</returns>
    public Task<Result<T>> ReadAsync<T>(Actor actor, string purpose, string? handle, CancellationToken ct) => FindAsync<T>(actor, purpose, handle, isTaken: false, ct);

    /// <summary>Reads a step and uses it up: of several that try at once, on whichever nodes, one gets it.</summary>
    /// <returns>Its payload; not found when the handle is not this session's, of another purpose, used up or too old.</returns>
    public Task<Result<T>> TakeAsync<T>(Actor actor, string purpose, string? handle, CancellationToken ct) => FindAsync<T>(actor, purpose, handle, isTaken: true, ct);

    private async Task<Result<T>> FindAsync<T>(Actor actor, string purpose, string? handle, bool isTaken, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(actor);
        if (!TryRead(handle, out var id, out var secretHash))
        {
            return Over;
        }

        await using var db = await dbs.OpenAsync(actor.OrganizationId, ct);
        var login = isTaken
            ? await db.LockAsync<ChannelLogin>(id, ct)
            : await db.Set<ChannelLogin>().AsNoTracking().SingleOrDefaultAsync(l => l.Id == id, ct);
        if (login is null || login.Purpose != purpose || login.UserId != actor.UserId || login.SessionId != actor.SessionId
            || login.ExpiresAt <= clock.GetUtcNow() || !CryptographicOperations.FixedTimeEquals(login.SecretHash, secretHash))
        {
            return Over;
        }

        if (isTaken)
        {
            db.Set<ChannelLogin>().Remove(login);
            await db.CommitAsync(ct);
        }

        var plain = await secrets.OpenAsync(actor.OrganizationId, Table, Column, id, login.Payload, ct);
        try
        {
            return JsonSerializer.Deserialize<T>(plain) is { } payload ? payload : Over;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(plain);
        }
    }

    private static bool TryRead(string? handle, out Guid id, out byte[] secretHash)
    {
        Span<byte> bytes = stackalloc byte[IdLength + SecretLength];
        if (handle is null || handle.Length != Base64Url.GetEncodedLength(bytes.Length) || !Base64Url.TryDecodeFromChars(handle, bytes, out var length) || length != bytes.Length)
        {
            (id, secretHash) = (default, []);
            return false;
        }

        (id, secretHash) = (new Guid(bytes[..IdLength], bigEndian: true), SHA256.HashData(bytes[IdLength..]));
        return true;
    }
}
