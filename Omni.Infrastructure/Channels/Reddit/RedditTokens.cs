using System.Globalization;
using System.Net;
using Omni.Core.Channels;
using Omni.Core.Common;
using Omni.Infrastructure.Channels.Meta;

namespace Omni.Infrastructure.Channels.Reddit;

/// <summary>Access tokens live an hour or a day and are renewed by one that lasts until somebody revokes it (github.com/reddit-archive/reddit/wiki/OAuth2).</summary>
internal sealed class RedditTokens(RedditClient reddit, TimeProvider clock)
{
    /// <summary>A fifth of the shortest life.</summary>
    internal static readonly TimeSpan Before = TimeSpan.FromMinutes(12);

    private const string Field = CredentialNames.RefreshToken;

    /// <inheritdoc cref="ITokenRenewal.RenewAsync"/>
    public async Task<Result<RenewedToken>> RenewAsync(ChannelAccess access, CancellationToken ct)
    {
        if (!reddit.Options.IsOn)
        {
            return new Refusal.Conflict("This installation has no Reddit app. Its administrator must set Platforms:Reddit:ClientId and ClientSecret.");
        }

        if (access.Credentials.GetValueOrDefault(Field) is not { } lasting || !GraphClient.IsToken(lasting))
        {
            return new Refusal.Invalid(Field, "Enter the refresh token without spaces or line ends.");
        }

        return Read(await reddit.TokenAsync([KeyValuePair.Create("grant_type", "refresh_token"), KeyValuePair.Create("refresh_token", lasting)], ct));
    }

    /// <summary>What an answer of the token call means. It answers some refusals with 200.</summary>
    internal Result<RenewedToken> Read(RedditAnswer answer)
    {
        if (answer is not RedditAnswer.Answered answered)
        {
            return Away;
        }

        var body = answered.Body;
        if (answered.Status == HttpStatusCode.OK && body.Text("access_token"u8) is { } token && GraphClient.IsToken(token))
        {
            var renewed = new Dictionary<string, string> { [CredentialNames.AccessToken] = token };
            if (body.Text("refresh_token"u8) is { } lasting && GraphClient.IsToken(lasting))
            {
                renewed[Field] = lasting; // mostly the same; often left out
            }

            return new RenewedToken(renewed, Ends(body.Text("expires_in"u8)));
        }

        return (answered.Status, body.Text("error"u8)) switch
        {
            (HttpStatusCode.Unauthorized, _) or (_, "unauthorized_client" or "invalid_client") =>
                new Refusal.Conflict("Reddit does not accept this installation's app. Its administrator must compare Platforms:Reddit:ClientId and ClientSecret with the app at Reddit."),
            (HttpStatusCode.OK or HttpStatusCode.BadRequest, { }) => new Refusal.Invalid(Field, "Reddit no longer accepts the consent: it was revoked, or belongs to another app. Connect the account again."),
            _ => Away,
        };
    }

    private static Refusal Away => new Refusal.Unavailable("Reddit could not be asked for a token. Try again in a moment.", TimeSpan.FromSeconds(30));

    private DateTimeOffset? Ends(string? seconds) =>
        long.TryParse(seconds, CultureInfo.InvariantCulture, out var left) && left is > 0 and < int.MaxValue ? clock.GetUtcNow().AddSeconds(left) : null;
}
