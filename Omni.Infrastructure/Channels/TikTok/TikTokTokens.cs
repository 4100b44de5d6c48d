using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Omni.Core.Channels;
using Omni.Core.Common;

namespace Omni.Infrastructure.Channels.TikTok;

/// <summary>
/// Tokens live a day; they are exchanged with a refresh token, which is replaced each time (business-api.tiktok.com/portal/docs,
/// <c>tt_user/oauth2/refresh_token/</c>). The login gives out the first pair.
/// </summary>
internal sealed class TikTokTokens(TikTokClient client, TimeProvider clock) : IAccountLogin
{
    /// <summary>Long enough for several tries.</summary>
    internal static readonly TimeSpan Before = TimeSpan.FromHours(8);

    private const string AllScopes = "user.info.basic,user.info.username,user.info.stats,user.info.profile,user.account.type,user.insights,message.list.read,message.list.send,message.list.manage";

    /// <inheritdoc/>
    public ChannelKind Kind => ChannelKind.TikTok;

    /// <inheritdoc/>
    public bool IsOffered => client.Options.HasApp;

    /// <inheritdoc/>
    public Uri Dialog(Uri back, string state) => new(
        client.Options.LoginUrl,
        $"v2/auth/authorize?client_key={client.Options.AppId}&response_type=code&scope={Uri.EscapeDataString(AllScopes)}&redirect_uri={Uri.EscapeDataString(back.AbsoluteUri)}&state={Uri.EscapeDataString(state)}");

    /// <inheritdoc/>
    public async Task<Result<GrantedAccount>> ExchangeAsync(string code, Uri back, CancellationToken ct)
    {
        var app = client.Options;
        var answer = await client.AsAppAsync("tt_user/oauth2/token/", new JsonObject
        {
            ["client_id"] = app.AppId,
            ["client_secret"] = app.AppSecret,
            ["grant_type"] = "authorization_code",
            ["auth_code"] = code,
            ["redirect_uri"] = back.AbsoluteUri,
        }, null, ct);
        if (TikTokVerdicts.OfRepeatable(answer) is { } failure)
        {
            return failure is SendOutcome.Retry ? PlatformSteps.Refuse(failure) : new Refusal.Conflict("TikTok did not accept the login. Begin again, and allow everything that is asked for.");
        }

        var data = TikTokVerdicts.Data(answer);
        if (data.Text("open_id"u8) is not { } account || Tokens(data) is not { } tokens)
        {
            return new Refusal.Unavailable("TikTok answered without a token. Try again in a moment.", TimeSpan.FromSeconds(30));
        }

        var granted = (data.Text("scope"u8) ?? "").Split(',', StringSplitOptions.TrimEntries);
        return TikTokProof.Scopes.Any(s => !granted.Contains(s))
            ? new Refusal.Conflict("Reading and sending messages was not allowed. Begin again, and leave everything ticked.")
            : new GrantedAccount(tokens.ToDictionary(t => t.Key, t => (string?)t.Value).Append(new(CredentialNames.BusinessId, account)).ToDictionary(), Ends(data));
    }

    /// <inheritdoc cref="ITokenRenewal.RenewAsync"/>
    public async Task<Result<RenewedToken>> RenewAsync(ChannelAccess access, CancellationToken ct)
    {
        if (access.Credentials.GetValueOrDefault(CredentialNames.RefreshToken) is not { } refresh)
        {
            return new Refusal.Conflict("Without a refresh token the access token is not exchanged.");
        }

        var (app, secret) = access.Credentials.TryGetValue(CredentialNames.AppSecret, out var own) ? (access.Credentials.GetValueOrDefault(CredentialNames.AppId, ""), own) : (client.Options.AppId, client.Options.AppSecret);
        if (app.Length == 0)
        {
            return new Refusal.Conflict("Without the id of its app the access token is not exchanged.");
        }

        var answer = await client.AsAppAsync("tt_user/oauth2/refresh_token/", new JsonObject
        {
            ["client_id"] = app,
            ["client_secret"] = secret,
            ["grant_type"] = "refresh_token",
            ["refresh_token"] = refresh,
        }, null, ct);
        return TikTokVerdicts.OfRepeatable(answer) switch
        {
            null => Tokens(TikTokVerdicts.Data(answer)) is { } tokens
                ? new RenewedToken(tokens, Ends(TikTokVerdicts.Data(answer)))
                : new Refusal.Unavailable("TikTok answered without a token.", TimeSpan.FromMinutes(10)),
            SendOutcome.Retry retry => PlatformSteps.Refuse(retry),
            _ => new Refusal.Invalid(CredentialNames.RefreshToken, "TikTok no longer exchanges the token. Connect the account again."),
        };
    }

    private static Dictionary<string, string>? Tokens(JsonElement data)
    {
        if (data.Text("access_token"u8) is not { } access || !PlatformWire.IsToken(access))
        {
            return null;
        }

        var tokens = new Dictionary<string, string> { [CredentialNames.AccessToken] = access };
        if (data.Text("refresh_token"u8) is { } refresh && PlatformWire.IsToken(refresh))
        {
            tokens[CredentialNames.RefreshToken] = refresh;
        }

        return tokens;
    }

    private DateTimeOffset? Ends(JsonElement data) =>
        long.TryParse(data.Text("expires_in"u8), NumberStyles.None, CultureInfo.InvariantCulture, out var left) && left is > 0 and < int.MaxValue ? clock.GetUtcNow().AddSeconds(left) : null;
}
