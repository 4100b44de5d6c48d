using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using Omni.Core.Common;
using Omni.Core.Identity;
using Omni.Core.Tenancy;

namespace Omni.Core.Channels;

/// <summary>
/// Connects pages by a person's login at Facebook: dialog, code, pages, choice. What is between these steps is kept for ten minutes on the node
/// the person is on, and belongs to that person alone; the person's token is forgotten then, only the chosen page's is stored.
/// </summary>
public sealed class MetaLogins(IMetaLogin login, ChannelService channels, IPublicAddress address, TimeProvider clock)
{
    /// <summary>Path that Facebook sends people back to.</summary>
    public const string Path = "/connect/meta";

    private const int MostKept = 1_000;
    private static readonly TimeSpan Lasts = TimeSpan.FromMinutes(10);
    private static readonly Refusal Over = new Refusal.NotFound("The login");
    private readonly ConcurrentDictionary<string, Begun> _begun = new();
    private readonly ConcurrentDictionary<Guid, Finished> _finished = new();

    /// <summary>True when pages can be connected this way.</summary>
    public bool IsOffered => login.IsOffered;

    /// <summary>Begins a login.</summary>
    /// <returns>The address to send the person to.</returns>
    public Result<Uri> Start(Actor actor, ChannelKind kind)
    {
        ArgumentNullException.ThrowIfNull(actor);
        if (!actor.Is(MemberRole.Admin))
        {
            return new Refusal.Forbidden();
        }

        if (!login.IsOffered || kind is not (ChannelKind.Messenger or ChannelKind.Instagram))
        {
            return new Refusal.Conflict("This installation has no Meta app to log in with.");
        }

        Forget();
        var state = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        _begun[state] = new Begun(actor.UserId, actor.OrganizationId, kind, clock.GetUtcNow() + Lasts);
        return login.Dialog(kind, Back, state);
    }

    /// <summary>Goes on with what Facebook sent back. A state counts once, and only for the person it was given to.</summary>
    /// <returns>The login, to choose a page of.</returns>
    public async Task<Result<Guid>> FinishAsync(Actor actor, string? state, string? code, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(actor);
        if (state is null || !_begun.TryRemove(state, out var begun) || !IsOf(actor, begun) || !actor.Is(MemberRole.Admin))
        {
            return Over;
        }

        if (string.IsNullOrEmpty(code))
        {
            return new Refusal.Conflict("Facebook was not allowed to share your pages.");
        }

        if (!(await login.ExchangeAsync(code, Back, ct)).Succeeded(out var token, out var refusal)
            || !(await login.PagesAsync(token, ct)).Succeeded(out var pages, out refusal))
        {
            return refusal;
        }

        var id = OmniId.New();
        _finished[id] = new Finished(begun, [.. pages.Where(p => begun.Kind == ChannelKind.Messenger || p.InstagramId is not null)]);
        return id;
    }

    /// <summary>The accounts to choose from, without their tokens.</summary>
    public Result<MetaChoice> Find(Actor actor, Guid id)
    {
        ArgumentNullException.ThrowIfNull(actor);
        return _finished.TryGetValue(id, out var found) && IsOf(actor, found.Begun)
            ? new MetaChoice(found.Begun.Kind, [.. found.Pages.Select(p => new MetaChoosable(p.Id, found.Begun.Kind == ChannelKind.Instagram ? $"@{p.InstagramName ?? p.InstagramId}" : p.Name, found.Begun.Kind == ChannelKind.Instagram ? p.Name : null))])
            : Over;
    }

    /// <summary>Connects a page, or the Instagram account linked to it. Several may be chosen one after the other.</summary>
    public async Task<Result<ConnectedChannel>> ConnectAsync(Actor actor, Guid id, string pageId, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(actor);
        if (!_finished.TryGetValue(id, out var found) || !IsOf(actor, found.Begun) || found.Pages.FirstOrDefault(p => p.Id == pageId) is not { } page)
        {
            return Over;
        }

        var values = new Dictionary<string, string?> { [CredentialNames.PageId] = page.Id, [CredentialNames.AccessToken] = page.Token };
        if (found.Begun.Kind == ChannelKind.Instagram)
        {
            (values[CredentialNames.AccountId], values[CredentialNames.Variant]) = (page.InstagramId, CredentialNames.VariantPage);
        }

        return await channels.ConnectAsync(actor, new ChannelDraft(found.Begun.Kind, null, values), ct);
    }

    private Uri Back => new(address.Of(Path));

    private bool IsOf(Actor actor, Begun begun) => begun.UserId == actor.UserId && begun.OrganizationId == actor.OrganizationId && begun.Until > clock.GetUtcNow();

    private void Forget()
    {
        var now = clock.GetUtcNow();
        foreach (var (state, _) in _begun.Where(b => b.Value.Until <= now || _begun.Count > MostKept).ToList())
        {
            _begun.TryRemove(state, out _);
        }

        foreach (var (id, _) in _finished.Where(f => f.Value.Begun.Until <= now || _finished.Count > MostKept).ToList())
        {
            _finished.TryRemove(id, out _);
        }
    }

    private sealed record Begun(Guid UserId, Guid OrganizationId, ChannelKind Kind, DateTimeOffset Until);

    private sealed record Finished(Begun Begun, IReadOnlyList<MetaPage> Pages);
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
