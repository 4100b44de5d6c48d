using Omni.Core.Common;
using Omni.Core.Identity;
using Omni.Core.Tenancy;

namespace Omni.Core.Channels;

/// <summary>Connects accounts by a login at their platform: dialog, code, channel. An account that was connected before gets its channel back.</summary>
public sealed class AccountLogins(IEnumerable<IAccountLogin> platforms, ChannelLogins logins, ChannelService channels, IPublicAddress address)
{
    private const string Failed = "account.failed";

    /// <summary>Platforms whose accounts can be connected this way here.</summary>
    public IReadOnlySet<ChannelKind> Offered { get; } = platforms.Where(p => p.IsOffered).Select(p => p.Kind).ToHashSet();

    /// <summary>Path that a platform sends people back to.</summary>
    public static string PathOf(ChannelKind kind) => $"/connect/{Names.Of(kind)}";

    /// <summary>Begins a login.</summary>
    /// <returns>The address to send the person to.</returns>
    public async Task<Result<Uri>> StartAsync(Actor actor, ChannelKind kind, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(actor);
        if (!actor.Is(MemberRole.Admin))
        {
            return new Refusal.Forbidden();
        }

        return Find(kind) is { } platform
            ? platform.Dialog(Back(kind), await logins.KeepAsync(actor, Purpose(kind), kind, ct))
            : new Refusal.Conflict($"This installation has no {kind} app to log in with.");
    }

    /// <summary>Goes on with what the platform sent back. A state counts once, and only for the session it was given to.</summary>
    /// <returns>The channel, connected.</returns>
    public async Task<Result<ConnectedChannel>> FinishAsync(Actor actor, ChannelKind kind, string? state, string? code, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(actor);
        if (!actor.Is(MemberRole.Admin))
        {
            return new Refusal.Forbidden();
        }

        if (Find(kind) is not { } platform)
        {
            return new Refusal.NotFound("The login");
        }

        if (!(await logins.TakeAsync<ChannelKind>(actor, Purpose(kind), state, ct)).Succeeded(out _, out var refusal))
        {
            return refusal;
        }

        if (string.IsNullOrEmpty(code))
        {
            return new Refusal.Conflict($"{kind} was not allowed to share the account.");
        }

        return (await platform.ExchangeAsync(code, Back(kind), ct)).Succeeded(out var granted, out refusal)
            ? await channels.ConnectAsync(actor, new ChannelDraft(kind, null, granted.Credentials) { TokenExpiresAt = granted.ExpiresAt }, ct)
            : refusal;
    }

    /// <summary>Keeps why a login failed, for the page that says so.</summary>
    /// <returns>The handle of the words.</returns>
    public Task<string> ExplainAsync(Actor actor, Refusal refusal, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(refusal);
        return logins.KeepAsync(actor, Failed, refusal.Message, ct);
    }

    /// <summary>Why a login failed; null when the handle is nobody's, or another's.</summary>
    public async Task<string?> WhyAsync(Actor actor, string handle, CancellationToken ct) =>
        (await logins.ReadAsync<string>(actor, Failed, handle, ct)).Succeeded(out var words, out _) ? words : null;

    private IAccountLogin? Find(ChannelKind kind) => platforms.FirstOrDefault(p => p.Kind == kind && p.IsOffered);

    private Uri Back(ChannelKind kind) => new(address.Of(PathOf(kind)));

    private static string Purpose(ChannelKind kind) => $"{Names.Of(kind)}.begun";
}
