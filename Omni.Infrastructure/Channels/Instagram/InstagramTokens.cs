using System.Globalization;
using Omni.Core.Channels;
using Omni.Core.Common;
using Omni.Infrastructure.Channels.Meta;

namespace Omni.Infrastructure.Channels.Instagram;

/// <summary>
/// Tokens of Instagram's own login live 60 days and are exchanged before (developers.facebook.com/docs/instagram-platform/reference/refresh_access_token).
/// Once one has ended only a new login helps. A page's tokens do not end by themselves.
/// </summary>
internal sealed class InstagramTokens(GraphClient graph, TimeProvider clock)
{
    /// <summary>Long enough for several tries and a person to notice.</summary>
    internal static readonly TimeSpan Before = TimeSpan.FromDays(10);

    /// <inheritdoc cref="ITokenRenewal.RenewAsync"/>
    public async Task<Result<RenewedToken>> RenewAsync(ChannelAccess access, CancellationToken ct)
    {
        if (access.Credentials.GetValueOrDefault(CredentialNames.Variant) != CredentialNames.VariantLogin)
        {
            return new Refusal.Conflict("A page's token is not exchanged.");
        }

        if (GraphClient.Token(access) is not { } token)
        {
            return new Refusal.Invalid(CredentialNames.AccessToken, "There is no token to exchange. Connect the account again.");
        }

        var answer = await graph.GetAsync($"refresh_access_token?grant_type=ig_refresh_token&access_token={Uri.EscapeDataString(token)}", access, ct);
        switch (InstagramChannel.Platform.Verdicts.OfRepeatable(answer))
        {
            case null:
                var body = ((GraphAnswer.Answered)answer).Body;
                return body.Text("access_token"u8) is { } renewed && GraphClient.IsToken(renewed)
                    ? new RenewedToken(new Dictionary<string, string> { [CredentialNames.AccessToken] = renewed }, Ends(body.Text("expires_in"u8)))
                    : new Refusal.Unavailable("Instagram answered without a token.", TimeSpan.FromHours(1));
            case SendOutcome.Retry retry:
                return new Refusal.Unavailable(retry.Message, retry.After);
            default:
                return new Refusal.Invalid(CredentialNames.AccessToken, "Instagram no longer exchanges the token. Connect the account again.");
        }
    }

    private DateTimeOffset? Ends(string? seconds) =>
        long.TryParse(seconds, CultureInfo.InvariantCulture, out var left) && left is > 0 and < int.MaxValue ? clock.GetUtcNow().AddSeconds(left) : null;
}
