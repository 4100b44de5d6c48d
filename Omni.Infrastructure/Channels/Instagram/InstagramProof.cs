using System.Text.Json;
using Omni.Core.Channels;
using Omni.Core.Common;
using Omni.Infrastructure.Channels.Messenger;
using Omni.Infrastructure.Channels.Meta;

namespace Omni.Infrastructure.Channels.Instagram;

/// <summary>Proves that a token speaks for exactly one Instagram account, and subscribes the app to its webhooks. Only after that may deliveries for the account reach the channel.</summary>
internal sealed class InstagramProof(GraphClient graph)
{
    private const string Account = CredentialNames.AccountId;
    private const string Token = CredentialNames.AccessToken;
    private const string Permission = "instagram_manage_messages";

    /// <summary>What the app hears of an account connected by Instagram's login.</summary>
    private const string LoginFields = "messages,messaging_postbacks,messaging_seen,message_reactions,message_edit,messaging_referral,messaging_optins,standby,comments";

    private readonly GraphProof _steps = new(graph, "Instagram", InstagramChannel.Platform.Verdicts, "Connect the account again, or make a new token.");

    /// <inheritdoc cref="IChannelAdapter.ProveAsync"/>
    public async Task<Result<ChannelProof>> ProveAsync(ChannelAccess access, CancellationToken ct)
    {
        if (GraphClient.Token(access) is null)
        {
            return new Refusal.Invalid(Token, "Enter the access token without spaces or line ends.");
        }

        if (!GraphProof.IsId(access.AccountId))
        {
            return new Refusal.Invalid(Account, "The account id is a row of digits; it is not the user name.");
        }

        return access.Credentials.GetValueOrDefault(CredentialNames.Variant) == CredentialNames.VariantLogin ? await ByLoginAsync(access, ct) : await ByPageAsync(access, ct);
    }

    private async Task<Result<ChannelProof>> ByPageAsync(ChannelAccess access, CancellationToken ct)
    {
        var page = access.Credentials.GetValueOrDefault(CredentialNames.PageId);
        if (!GraphProof.IsId(page))
        {
            return new Refusal.Invalid(CredentialNames.PageId, "Enter the id of the Facebook page that the account is linked to; it is a row of digits.");
        }

        var me = await graph.GetAsync("me?fields=id,name,instagram_business_account{id,username}", access, ct);
        if (_steps.Refuse(me, Token, "This is not a page's access token. Give it the permissions instagram_basic and instagram_manage_messages.") is { } unreadable)
        {
            return unreadable;
        }

        var found = ((GraphAnswer.Answered)me).Body;
        if (found.Text("id"u8) != page)
        {
            return new Refusal.Invalid(CredentialNames.PageId, "The access token belongs to another account than this page. Take the token of the page itself.");
        }

        var account = found.Member("instagram_business_account"u8);
        if (account.Text("id"u8) != access.AccountId)
        {
            return new Refusal.Invalid(Account, "The page is not linked to this Instagram account. Link them in Meta Business Suite, and copy the id of the professional account.");
        }

        var (useless, expires) = await _steps.InspectAsync(access, Permission, ct);
        if (useless is not null)
        {
            return useless;
        }

        var subscribed = await graph.PostAsync($"{page}/subscribed_apps?subscribed_fields={MessengerProof.PageFields}", new ByteArrayContent([]), access, ct);
        return _steps.Refuse(subscribed, Token, "The access token may not subscribe to the page's webhooks. Give it the permission pages_manage_metadata.") is { } deaf
            ? deaf
            : new ChannelProof(access.AccountId, Shown(account, access), [], expires);
    }

    private async Task<Result<ChannelProof>> ByLoginAsync(ChannelAccess access, CancellationToken ct)
    {
        // "id" would be the app's own id of the account; deliveries carry "user_id".
        var me = await graph.GetAsync("me?fields=user_id,username", access, ct);
        if (_steps.Refuse(me, Token, "This is not an access token of Instagram's login.") is { } unreadable)
        {
            return unreadable;
        }

        var found = ((GraphAnswer.Answered)me).Body;
        if (found.Text("user_id"u8) != access.AccountId)
        {
            return new Refusal.Invalid(Account, "The access token belongs to another Instagram account.");
        }

        var subscribed = await graph.PostAsync($"{access.AccountId}/subscribed_apps?subscribed_fields={LoginFields}", new ByteArrayContent([]), access, ct);
        return _steps.Refuse(subscribed, Token, "The access token may not subscribe to the account's webhooks. Give it the permission instagram_business_manage_messages.") is { } deaf
            ? deaf
            : new ChannelProof(access.AccountId, Shown(found, access), [], null);
    }

    private static string Shown(JsonElement account, ChannelAccess access) => account.Text("username"u8) is { } name ? $"@{PlatformJson.Short(name, 199)}" : access.AccountId;
}
