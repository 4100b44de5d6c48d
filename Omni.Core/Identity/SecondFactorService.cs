using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Omni.Core.Common;
using Omni.Core.Operations;

namespace Omni.Core.Identity;

/// <summary>The authenticator app and its recovery codes.</summary>
public sealed class SecondFactorService(IOmniDbFactory dbs, ISecrets secrets, IAttemptLimits limits, TimeProvider clock)
{
    private const string Table = "second_factors";
    private const int RecoveryCodes = 10;

    /// <summary>True when the person must give a code at sign-in.</summary>
    public async Task<bool> IsOnAsync(Guid userId, CancellationToken ct)
    {
        await using var db = await dbs.OpenGlobalAsync(ct);
        return await db.Set<SecondFactor>().AnyAsync(f => f.UserId == userId && f.ConfirmedAt != null, ct);
    }

    /// <summary>Checks a code of the app, or a recovery code, at sign-in. Each works once.</summary>
    public async Task<Result<Guid>> CheckAsync(Guid userId, string code, Caller caller, CancellationToken ct)
    {
        byte[] key = AttemptKey.Of("code", userId.ToString(), caller.LimitKey), everywhere = AttemptKey.Of("code, everywhere", userId.ToString());
        if (!(await limits.TakeAsync(everywhere, AttemptRule.Account, ct)).Succeeded(out _, out var refusal)
            || !(await limits.TakeAsync(key, AttemptRule.SignIn, ct)).Succeeded(out var left, out refusal))
        {
            return refusal;
        }

        await using var db = await dbs.OpenGlobalAsync(ct);
        if (!await TakeCodeAsync(db, userId, code, confirmed: true, ct) && !await TakeRecoveryCodeAsync(db, userId, code, ct))
        {
            return new Refusal.Unauthenticated("That code isn’t right, or it was used already.") { Code = ErrorCode.CredentialsWrong, Details = new RemainingTries(left) };
        }

        await db.CommitAsync(ct);
        await limits.ClearAsync(key, ct);
        await limits.ForgiveAsync(everywhere, ct);
        return userId;
    }

    /// <summary>Begins the set-up: a new secret to scan. Nothing changes at sign-in until a code was right.</summary>
    public async Task<Result<NewSecondFactor>> BeginAsync(SessionState me, CancellationToken ct)
    {
        var secret = RandomNumberGenerator.GetBytes(Totp.SecretLength);
        var blob = await secrets.SealAsync(Guid.Empty, Table, "secret", me.UserId, secret, ct);
        await using var db = await dbs.OpenGlobalAsync(ct);
        var factor = await db.Set<SecondFactor>().SingleOrDefaultAsync(f => f.UserId == me.UserId, ct);
        if (factor is { ConfirmedAt: not null })
        {
            return new Refusal.Conflict("An authenticator app is in use already. Switch it off first.");
        }

        if (factor is null)
        {
            db.Set<SecondFactor>().Add(new SecondFactor { UserId = me.UserId, Secret = blob });
        }
        else
        {
            factor.Secret = blob;
        }

        var account = await db.Users.Where(u => u.Id == me.UserId).Select(u => u.Email ?? u.UserName).SingleAsync(ct);
        await db.CommitAsync(ct);
        return new NewSecondFactor(Totp.Base32(secret), Totp.Address(secret, account ?? "account"));
    }

    /// <summary>Ends the set-up with a first code. From now on sign-in asks for one.</summary>
    /// <returns>Recovery codes, shown once.</returns>
    public async Task<Result<IReadOnlyList<string>>> ConfirmAsync(SessionState me, string code, CancellationToken ct)
    {
        var key = AttemptKey.Of("code", me.UserId.ToString(), "set-up");
        if (!(await limits.TakeAsync(key, AttemptRule.SignIn, ct)).Succeeded(out _, out var refusal))
        {
            return refusal;
        }

        var now = clock.GetUtcNow();
        await using var db = await OpenAsync(me, ct);
        if (!await TakeCodeAsync(db, me.UserId, code, confirmed: false, ct))
        {
            return new Refusal.Invalid("code", "That code isn’t right. Check the clock of your phone and try the next one.");
        }

        await db.Set<SecondFactor>().Where(f => f.UserId == me.UserId).ExecuteUpdateAsync(f => f.SetProperty(x => x.ConfirmedAt, now), ct);
        var codes = await ReplaceCodesAsync(db, me.UserId, ct);
        Record(db, me, "second-factor.on", now);
        await db.CommitAsync(ct);
        await limits.ClearAsync(key, ct);
        return codes;
    }

    /// <summary>How many recovery codes are left.</summary>
    public async Task<int> CodesLeftAsync(Guid userId, CancellationToken ct)
    {
        await using var db = await dbs.OpenGlobalAsync(ct);
        return await db.Set<RecoveryCode>().CountAsync(c => c.UserId == userId && c.UsedAt == null, ct);
    }

    /// <summary>Makes new recovery codes; the old ones no longer work. The caller checked the password again.</summary>
    /// <returns>The codes, shown once.</returns>
    public async Task<Result<IReadOnlyList<string>>> RenewCodesAsync(SessionState me, CancellationToken ct)
    {
        await using var db = await OpenAsync(me, ct);
        if (!await db.Set<SecondFactor>().AnyAsync(f => f.UserId == me.UserId && f.ConfirmedAt != null, ct))
        {
            return new Refusal.Conflict("The authenticator app is off.");
        }

        var codes = await ReplaceCodesAsync(db, me.UserId, ct);
        Record(db, me, "second-factor.codes", clock.GetUtcNow());
        await db.CommitAsync(ct);
        return codes;
    }

    /// <summary>Switches the second factor off. The caller checked the password again.</summary>
    public async Task<Result<Done>> RemoveAsync(SessionState me, CancellationToken ct)
    {
        await using var db = await OpenAsync(me, ct);
        await db.Set<SecondFactor>().Where(f => f.UserId == me.UserId).ExecuteDeleteAsync(ct);
        await db.Set<RecoveryCode>().Where(c => c.UserId == me.UserId).ExecuteDeleteAsync(ct);
        Record(db, me, "second-factor.off", clock.GetUtcNow());
        await db.CommitAsync(ct);
        return new Done();
    }

    // Without letters and digits that look alike.
    private const string Letters = "abcdefghjkmnpqrstuvwxyz23456789";

    private Task<IOmniDb> OpenAsync(SessionState me, CancellationToken ct) =>
        me.OrganizationId is { } id ? dbs.OpenAsync(id, ct) : dbs.OpenGlobalAsync(ct);

    private static void Record(IOmniDb db, SessionState me, string action, DateTimeOffset now)
    {
        if (me.ActIn().Succeeded(out var actor, out _))
        {
            db.Record(actor, action, $"user:{me.UserId}", now);
        }
    }

    private static async Task<List<string>> ReplaceCodesAsync(IOmniDb db, Guid userId, CancellationToken ct)
    {
        var codes = Enumerable.Range(0, RecoveryCodes).Select(_ => $"{RandomNumberGenerator.GetString(Letters, 5)}-{RandomNumberGenerator.GetString(Letters, 5)}").ToList();
        await db.Set<RecoveryCode>().Where(c => c.UserId == userId).ExecuteDeleteAsync(ct);
        db.Set<RecoveryCode>().AddRange(codes.Select(c => new RecoveryCode { UserId = userId, Hash = HashOf(c) }));
        return codes;
    }

    private async Task<bool> TakeCodeAsync(IOmniDb db, Guid userId, string code, bool confirmed, CancellationToken ct)
    {
        var factor = await db.Set<SecondFactor>().AsNoTracking().SingleOrDefaultAsync(f => f.UserId == userId && (f.ConfirmedAt != null) == confirmed, ct);
        if (factor is null)
        {
            return false;
        }

        var secret = await secrets.OpenAsync(Guid.Empty, Table, "secret", userId, factor.Secret, ct);
        return Totp.Match(secret, code, clock.GetUtcNow(), factor.LastStep) is { } step
            && await db.Set<SecondFactor>().Where(f => f.UserId == userId && f.LastStep < step).ExecuteUpdateAsync(f => f.SetProperty(x => x.LastStep, step), ct) == 1;
    }

    private async Task<bool> TakeRecoveryCodeAsync(IOmniDb db, Guid userId, string code, CancellationToken ct)
    {
        var (hash, now) = (HashOf(code), clock.GetUtcNow());
        return await db.Set<RecoveryCode>().Where(c => c.UserId == userId && c.Hash == hash && c.UsedAt == null)
            .ExecuteUpdateAsync(c => c.SetProperty(x => x.UsedAt, now), ct) == 1;
    }

    private static byte[] HashOf(string code) => Tokens.Hash(code.Trim().ToLowerInvariant());
}

/// <summary>A second factor that is being set up.</summary>
/// <param name="Secret">For typing into the app.</param>
/// <param name="Uri">For a QR code.</param>
public sealed record NewSecondFactor(string Secret, string Uri);
