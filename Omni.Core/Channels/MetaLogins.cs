using Omni.Core.Common;
using Omni.Core.Identity;
using Omni.Core.Tenancy;

namespace Omni.Core.Channels;

/// <summary>
/// Connects pages by a person's login at Facebook: dialog, code, pages, choice. What is between these steps belongs to that person's session
/// alone; the person's token is forgotten, only the chosen page's is stored.
/// </summary>
public sealed class MetaLogins(IMetaLogin login, ChannelLogins logins, ChannelService channels, IPublicAddress address)
{
    /// <summary>Path that Facebook sends people back to.</summary>
    public const string Path = "/connect/meta";

    /// <summary>Setting of a channel whose app was granted longer answers by people.</summary>
    public const string HumanAgentSetting = "humanAgent";

    private const string Begun = "meta.begun";
    private const string Finished = "meta.finished";

    /// <summary>True when pages can be connected this way.</summary>
    public bool IsOffered => login.IsOffered;

    /// <summary>Begins a login.</summary>
    /// <returns>The address to send the person to.</returns>
    public async Task<Result<Uri>> StartAsync(Actor actor, ChannelKind kind, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(actor);
        if (!actor.Is(MemberRole.Admin))
        {
            return new Refusal.Forbidden();
        }

        return login.IsOffered && kind is ChannelKind.Messenger or ChannelKind.Instagram
            ? login.Dialog(kind, Back, await logins.KeepAsync(actor, Begun, kind, ct))
            : new Refusal.Conflict("This installation has no Meta app to log in with.");
    }

    /// <summary>Goes on with what Facebook sent back. A state counts once, and only for the session it was given to.</summary>
    /// <returns>The handle of the login, to choose a page of.</returns>
    public async Task<Result<string>> FinishAsync(Actor actor, string? state, string? code, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(actor);
        if (!actor.Is(MemberRole.Admin))
        {
            return new Refusal.Forbidden();
        }

        if (!(await logins.TakeAsync<ChannelKind>(actor, Begun, state, ct)).Succeeded(out var kind, out var refusal))
        {
            return refusal;
        }

        if (string.IsNullOrEmpty(code))
        {
            return new Refusal.Conflict("Facebook was not allowed to share your pages.");
        }

        return !(await login.ExchangeAsync(code, Back, ct)).Succeeded(out var token, out refusal) || !(await login.PagesAsync(token, ct)).Succeeded(out var pages, out refusal)
            ? refusal
            : await logins.KeepAsync(actor, Finished, new Pages(kind, [.. pages.Where(p => kind == ChannelKind.Messenger || p.InstagramId is not null)]), ct);
    }

    /// <summary>The accounts to choose from, without their tokens.</summary>
    public async Task<Result<MetaChoice>> FindAsync(Actor actor, string handle, CancellationToken ct) =>
        (await logins.ReadAsync<Pages>(actor, Finished, handle, ct)).Succeeded(out var found, out var refusal)
            ? new MetaChoice(found.Kind, [.. found.All.Select(p => new MetaChoosable(p.Id, found.Kind == ChannelKind.Instagram ? $"@{p.InstagramName ?? p.InstagramId}" : p.Name, found.Kind == ChannelKind.Instagram ? p.Name : null))])
            : refusal;

    /// <summary>Connects a page, or the Instagram account linked to it. Several may be chosen one after the other.</summary>
    public async Task<Result<ConnectedChannel>> ConnectAsync(Actor actor, string handle, string pageId, CancellationToken ct)
    {
        if (!(await logins.ReadAsync<Pages>(actor, Finished, handle, ct)).Succeeded(out var found, out var refusal))
        {
            return refusal;
        }

        if (found.All.FirstOrDefault(p => p.Id == pageId) is not { } page)
        {
            return new Refusal.NotFound("The page");
        }

        var values = new Dictionary<string, string?> { [CredentialNames.PageId] = page.Id, [CredentialNames.AccessToken] = page.Token };
        if (found.Kind == ChannelKind.Instagram)
        {
            (values[CredentialNames.AccountId], values[CredentialNames.Variant]) = (page.InstagramId, CredentialNames.VariantPage);
        }

        return await channels.ConnectAsync(actor, new ChannelDraft(found.Kind, null, values), ct);
    }

    private Uri Back => new(address.Of(Path));

    private sealed record Pages(ChannelKind Kind, IReadOnlyList<MetaPage> All);
}

/// <summary>What a person can connect after logging in.</summary>
/// <param name="Kind">The platform.</param>
/// <param name="Accounts">The accounts.</param>
public sealed record MetaChoice(ChannelKind Kind, IReadOnlyList<MetaChoosable> Accounts);

/// <summary>An account to choose.</summary>
/// <param name="PageId">The page it is or belongs to.</param>
/// <param name="Name">Its name.</param>
/// <param name="PageName">The page's name, where the account is not the page itself.</param>
public sealed record MetaChoosable(string PageId, string Name, string? PageName);
