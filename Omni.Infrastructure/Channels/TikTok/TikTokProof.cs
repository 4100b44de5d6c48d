using System.Text.Json.Nodes;
using Omni.Core.Channels;
using Omni.Core.Common;
using Omni.Core.Identity;

namespace Omni.Infrastructure.Channels.TikTok;

/// <summary>Proves that a token speaks for exactly one business account, and sees to it that the app's deliveries come here. Only after that may deliveries for the account reach the channel.</summary>
internal sealed class TikTokProof(TikTokClient client, IPublicAddress address)
{
    /// <summary>What an account must have granted; a person can untick any of them.</summary>
    internal static readonly string[] Scopes = ["message.list.read", "message.list.send", "message.list.manage"];

    private const string Token = CredentialNames.AccessToken;
    private const string Account = CredentialNames.BusinessId;
    private const string Renew = "Connect the account again.";

    /// <inheritdoc cref="IChannelAdapter.ProveAsync"/>
    public async Task<Result<ChannelProof>> ProveAsync(ChannelAccess access, CancellationToken ct)
    {
        if (TikTokClient.Token(access) is not { } token)
        {
            return new Refusal.Invalid(Token, "Enter the access token without spaces or line ends.");
        }

        if (access.AccountId.Length is 0 or > 200)
        {
            return new Refusal.Invalid(Account, "The business ID is the open_id that came with the token.");
        }

        if (await InspectAsync(token, access, ct) is { } useless)
        {
            return useless;
        }

        // Refused for every account but the one that granted the token.
        var answer = await client.GetAsync("business/get/", new Dictionary<string, string> { ["business_id"] = access.AccountId, ["fields"] = "[\"username\",\"display_name\"]" }, access, ct);
        if (Refuse(answer) is { } refusal)
        {
            return refusal;
        }

        if (await ListenAsync(access, ct) is { } deaf)
        {
            return deaf;
        }

        var found = TikTokVerdicts.Data(answer);
        var shown = found.Text("username"u8) is { } user ? $"@{PlatformJson.Short(user, 199)}" : found.Text("display_name"u8) is { } name ? PlatformJson.Short(name, 200) : access.AccountId;
        return new ChannelProof(access.AccountId, shown, [], null);
    }

    /// <summary>Looks into the token: whose it is, and what was granted. Only the app that it was made for can do that.</summary>
    private async Task<Refusal?> InspectAsync(string token, ChannelAccess access, CancellationToken ct)
    {
        var app = access.Credentials.ContainsKey(CredentialNames.AppSecret) ? access.Credentials.GetValueOrDefault(CredentialNames.AppId) : client.Options.AppId;
        if (access.Sandbox || string.IsNullOrEmpty(app))
        {
            return null;
        }

        var answer = await client.PostAsync("tt_user/token_info/get/", PlatformWire.Json(new JsonObject { ["app_id"] = app, ["access_token"] = token }), access, ct);
        if (Refuse(answer) is { } refusal)
        {
            return refusal;
        }

        var found = TikTokVerdicts.Data(answer);
        if ((found.Text("creator_id"u8) ?? found.Text("open_id"u8)) is { } owner && owner != access.AccountId)
        {
            return new Refusal.Invalid(Account, "The access token belongs to another TikTok account.");
        }

        var granted = found.Text("scope"u8) is { } scope ? scope.Split(',', StringSplitOptions.TrimEntries) : null;
        return granted is not null && Scopes.FirstOrDefault(s => !granted.Contains(s)) is { } missing
            ? new Refusal.Invalid(Token, $"The access token lacks the permission {missing}. Connect the account again and leave everything ticked.")
            : null;
    }

    /// <summary>The app has one address for all its accounts. It is set where TikTok could reach it, and only when it is another one.</summary>
    private async Task<Refusal?> ListenAsync(ChannelAccess access, CancellationToken ct)
    {
        var (app, here) = (client.Options, address.Of($"/webhooks/{Names.Of(ChannelKind.TikTok)}"));
        if (access.Sandbox || !app.HasApp || access.Credentials.ContainsKey(CredentialNames.AppSecret) || new Uri(here) is { IsLoopback: true } or { Scheme: not "https" })
        {
            return null;
        }

        const string kind = "DIRECT_MESSAGE";
        var answer = await client.AsAppAsync("business/webhook/list/", null, new Dictionary<string, string> { ["app_id"] = app.AppId, ["secret"] = app.AppSecret, ["event_type"] = kind }, ct);
        if (TikTokVerdicts.OfRepeatable(answer) is null && TikTokVerdicts.Data(answer).Text("callback_url"u8) == here)
        {
            return null;
        }

        answer = await client.AsAppAsync(
            "business/webhook/update/", new JsonObject { ["app_id"] = app.AppId, ["secret"] = app.AppSecret, ["event_type"] = kind, ["callback_url"] = here }, null, ct);
        return TikTokVerdicts.OfRepeatable(answer) switch
        {
            null => null,
            SendOutcome.Retry retry => PlatformSteps.Refuse(retry),
            _ => new Refusal.Conflict("TikTok does not take the webhook address for this installation's app. The administrator must check Platforms:TikTok:AppId and AppSecret, and that the app was granted Business Messaging."),
        };
    }

    private static Refusal? Refuse(WireAnswer answer) => TikTokVerdicts.OfRepeatable(answer) switch
    {
        null => null,
        SendOutcome.Retry retry => PlatformSteps.Refuse(retry),
        SendOutcome.Reauthorize when TikTokVerdicts.Code(answer) == TikTokErrors.BadToken => new Refusal.Invalid(Token, $"TikTok does not accept the access token: it is wrong, has expired or was revoked. {Renew}"),
        SendOutcome.Reauthorize => new Refusal.Invalid(Token, "The access token may not read this business account. Connect the account again and leave everything ticked."),
        _ => new Refusal.Invalid(Account, "The access token cannot read this business account. Copy the open_id that came with the token."),
    };
}
