using Omni.Core.Channels;
using Omni.Core.Common;

namespace Omni.Infrastructure.Channels.Reddit;

/// <summary>Proves that a token speaks for exactly one account and may read its messages.</summary>
internal sealed class RedditProof(RedditClient reddit)
{
    /// <inheritdoc cref="IChannelAdapter.ProveAsync"/>
    public async Task<Result<ChannelProof>> ProveAsync(ChannelAccess access, CancellationToken ct)
    {
        if (RedditClient.Token(access) is null)
        {
            return new Refusal.Invalid(CredentialNames.AccessToken, "There is no access token. Connect the account again.");
        }

        if (access.AccountId.Length is < 3 or > 24 || !access.AccountId.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-'))
        {
            return new Refusal.Invalid(CredentialNames.Username, "A Reddit name has 3 to 20 letters, digits, _ or -.");
        }

        var me = await reddit.GetAsync("api/v1/me", access, RedditClient.ForLooking, ct);
        if (RedditVerdicts.Refuse(me, CredentialNames.AccessToken) is { } unreadable)
        {
            return unreadable;
        }

        var body = ((RedditAnswer.Answered)me).Body;
        if (!string.Equals(body.Text("name"u8), access.AccountId, StringComparison.OrdinalIgnoreCase))
        {
            return new Refusal.Invalid(CredentialNames.Username, "The consent was given by another Reddit account than this one.");
        }

        if (body.Flag("is_suspended"u8))
        {
            return new Refusal.Conflict("Reddit has suspended this account.");
        }

        var messages = await reddit.GetAsync("message/unread?mark=false&limit=1", access, RedditClient.ForLooking, ct);
        return RedditVerdicts.Refuse(messages, CredentialNames.RefreshToken) is { } deaf
            ? deaf is Refusal.Conflict ? new Refusal.Conflict("Reddit does not show this account's messages to the app. Give the consent again and allow everything that is asked for.") : deaf
            : new ChannelProof(access.AccountId, $"u/{PlatformJson.Short(body.Text("name"u8)!, 100)}", [], null);
    }
}
