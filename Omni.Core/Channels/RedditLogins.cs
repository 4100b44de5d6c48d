using System.Text.Json.Nodes;
using Microsoft.Extensions.Options;
using Omni.Core.Common;
using Omni.Core.Identity;
using Omni.Core.Tenancy;

namespace Omni.Core.Channels;

/// <summary>Connecting a Reddit account by its owner's consent at Reddit. The consent comes with a lasting token, which the channel keeps.</summary>
public sealed class RedditLogins(ChannelService channels, IOptions<RedditOptions> options)
{
    /// <summary>Setting that lets answers to comments and mentions become conversations.</summary>
    public const string CommentsSetting = "comments";

    /// <summary>True when accounts can be connected this way, or at all.</summary>
    public bool IsOffered => options.Value.IsOn;

    /// <summary>Whether somebody may begin.</summary>
    public Result<Done> Check(Actor actor)
    {
        ArgumentNullException.ThrowIfNull(actor);
        return !actor.Is(MemberRole.Admin) ? new Refusal.Forbidden()
            : !IsOffered ? new Refusal.Conflict("This installation has no Reddit app.")
            : default(Done);
    }

    /// <summary>Connects the account that gave the consent. One that was connected before keeps its channel and, when nothing else is wished, its settings.</summary>
    /// <param name="actor">Who began, and came back.</param>
    /// <param name="username">The account.</param>
    /// <param name="refreshToken">The lasting token; null when Reddit gave none.</param>
    /// <param name="comments">Whether comments and mentions become conversations.</param>
    /// <param name="ct">Stops.</param>
    public async Task<Result<ConnectedChannel>> ConnectAsync(Actor actor, string username, string? refreshToken, bool comments, CancellationToken ct)
    {
        if (!Check(actor).Succeeded(out _, out var refusal))
        {
            return refusal;
        }

        if (refreshToken is null)
        {
            return new Refusal.Conflict("Reddit gave a consent for one hour only. Begin again.");
        }

        var values = new Dictionary<string, string?> { [CredentialNames.Username] = username, [CredentialNames.RefreshToken] = refreshToken };
        return await channels.ConnectAsync(actor, new ChannelDraft(ChannelKind.Reddit, null, values, new JsonObject { [CommentsSetting] = comments }), ct);
    }
}
