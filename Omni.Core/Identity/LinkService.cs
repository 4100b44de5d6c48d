using Microsoft.EntityFrameworkCore;
using Omni.Core.Common;

namespace Omni.Core.Identity;

/// <summary>Links that prove an e-mail address or allow a new password: made, mailed, and used once.</summary>
public sealed class LinkService(IOmniDbFactory dbs, IMailer mailer, IPublicAddress address, TimeProvider clock)
{
    /// <summary>Makes a link and mails it. Without a mail server it waits for the installation's administrator (<see cref="ListWaitingAsync"/>).</summary>
    public async Task SendAsync(User user, OneTimePurpose purpose, CancellationToken ct)
    {
        if (user is not { Email: { } email, NormalizedEmail: { } normalized })
        {
            return;
        }

        var token = Tokens.New(Tokens.OneTime);
        var now = clock.GetUtcNow();
        var row = new OneTimeToken
        {
            UserId = user.Id,
            Purpose = purpose,
            Hash = Tokens.Hash(token),
            NormalizedEmail = normalized,
            CreatedAt = now,
            ExpiresAt = now + OneTimeToken.Lifetime(purpose),
        };
        await using var db = await dbs.OpenGlobalAsync(ct);
        // A newer link replaces the older ones that nobody mailed, so that the administrator's list holds one per person.
        await db.Set<OneTimeToken>().Where(t => t.UserId == user.Id && t.Purpose == purpose && t.MailedAt == null && t.UsedAt == null).ExecuteDeleteAsync(ct);
        db.Set<OneTimeToken>().Add(row);
        await db.CommitAsync(ct);
        if (mailer.IsConfigured)
        {
            mailer.Enqueue(Letters.Link(email, purpose, address.Of(PathOf(purpose, token)), stop => MarkAsync(row.Id, stop)));
        }
    }

    /// <summary>Takes a token: true exactly once, and only for the address that the account still has. Part of the caller's unit of work.</summary>
    /// <returns>The account; null when the token was used, is too old or was never made.</returns>
    internal async Task<User?> TakeAsync(IOmniDb db, OneTimePurpose purpose, string? token, CancellationToken ct)
    {
        var (hash, now) = (Tokens.Hash(token ?? ""), clock.GetUtcNow());
        var taken = await db.Set<OneTimeToken>().Where(t => t.Hash == hash && t.Purpose == purpose && t.UsedAt == null && t.ExpiresAt > now)
            .ExecuteUpdateAsync(t => t.SetProperty(x => x.UsedAt, now), ct);
        return taken == 0 ? null : await (
            from t in db.Set<OneTimeToken>()
            join u in db.Users on t.UserId equals u.Id
            where t.Hash == hash && u.NormalizedEmail == t.NormalizedEmail
            select u).SingleOrDefaultAsync(ct);
    }

    /// <summary>Links that no mail server took and that somebody waits for.</summary>
    public async Task<Result<IReadOnlyList<WaitingLink>>> ListWaitingAsync(Actor actor, CancellationToken ct)
    {
        if (!actor.IsInstallationAdministrator)
        {
            return new Refusal.Forbidden("Only an administrator of the installation may do this.");
        }

        var now = clock.GetUtcNow();
        await using var db = await dbs.OpenGlobalAsync(ct);
        return await (
            from t in db.Set<OneTimeToken>()
            join u in db.Users on t.UserId equals u.Id
            where t.MailedAt == null && t.UsedAt == null && t.ExpiresAt > now
            orderby t.CreatedAt descending
            select new WaitingLink(t.Id, t.Purpose, u.DisplayName, u.Email!, t.CreatedAt, t.ExpiresAt)).Take(200).ToListAsync(ct);
    }

    /// <summary>Makes a waiting link anew so that an administrator can pass it on; what was made before no longer works.</summary>
    /// <returns>The full address, shown once.</returns>
    public async Task<Result<string>> RevealAsync(Actor actor, Guid id, CancellationToken ct)
    {
        if (!actor.IsInstallationAdministrator)
        {
            return new Refusal.Forbidden("Only an administrator of the installation may do this.");
        }

        var now = clock.GetUtcNow();
        var token = Tokens.New(Tokens.OneTime);
        await using var db = await dbs.OpenAsync(actor.OrganizationId, ct);
        var row = await db.Set<OneTimeToken>().SingleOrDefaultAsync(t => t.Id == id && t.UsedAt == null && t.MailedAt == null && t.ExpiresAt > now, ct);
        if (row is null)
        {
            return new Refusal.NotFound("The link");
        }

        row.Hash = Tokens.Hash(token);
        row.ExpiresAt = now + OneTimeToken.Lifetime(row.Purpose);
        Operations.Audit.Record(db, actor, "link.revealed", $"user:{row.UserId}", now, new { purpose = Names.Of(row.Purpose) });
        await db.CommitAsync(ct);
        return address.Of(PathOf(row.Purpose, token));
    }

    private async Task MarkAsync(Guid id, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await using var db = await dbs.OpenGlobalAsync(ct);
        await db.Set<OneTimeToken>().Where(t => t.Id == id).ExecuteUpdateAsync(t => t.SetProperty(x => x.MailedAt, now), ct);
        await db.CommitAsync(ct);
    }

    private static string PathOf(OneTimePurpose purpose, string token) =>
        purpose == OneTimePurpose.ResetPassword ? $"/reset-password/{token}" : $"/verify-email/{token}";
}

/// <summary>A link that an administrator has to pass on.</summary>
/// <param name="Id">Identity.</param>
/// <param name="Purpose">What it allows.</param>
/// <param name="DisplayName">For whom.</param>
/// <param name="Email">Their address.</param>
/// <param name="CreatedAt">When it was asked for (UTC).</param>
/// <param name="ExpiresAt">When it stops working (UTC).</param>
public sealed record WaitingLink(Guid Id, OneTimePurpose Purpose, string DisplayName, string Email, DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt);
