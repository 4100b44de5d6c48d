using Omni.Core.Channels;
using Omni.Core.Common;
using Omni.Infrastructure.Channels.Meta;

namespace Omni.Infrastructure.Channels.Messenger;

/// <summary>Proves that a token is the page's own, and subscribes the app to the page's webhooks. Only after that may deliveries for the page reach the channel.</summary>
internal sealed class MessengerProof(GraphClient graph)
{
    private const string Permission = "pages_messaging";

    /// <summary>What the app hears of a page.</summary>
    internal const string PageFields = "messages,messaging_postbacks,message_echoes,message_deliveries,message_reads,message_reactions,message_edits,messaging_referrals,messaging_optins,messaging_handovers,standby";

    private readonly GraphProof _steps = new(graph, "Messenger", MessengerChannel.Platform.Verdicts, "Make a new one for the page.");

    /// <inheritdoc cref="IChannelAdapter.ProveAsync"/>
    public async Task<Result<ChannelProof>> ProveAsync(ChannelAccess access, CancellationToken ct)
    {
        if (GraphClient.Token(access) is null)
        {
            return new Refusal.Invalid(CredentialNames.AccessToken, "Enter the page's access token without spaces or line ends.");
        }

        if (!GraphProof.IsId(access.AccountId))
        {
            return new Refusal.Invalid(CredentialNames.PageId, "The page id is a row of digits. It stands in the page's settings under About.");
        }

        // "me" is the page itself for a page's own token only; anybody's token can read a page's name by its id.
        var me = await graph.GetAsync("me?fields=id,name", access, ct);
        if (_steps.Refuse(me, CredentialNames.AccessToken, "This is not a page's access token. Give it the permissions pages_messaging and pages_manage_metadata.") is { } unreadable)
        {
            return unreadable;
        }

        var page = ((GraphAnswer.Answered)me).Body;
        if (page.Text("id"u8) != access.AccountId)
        {
            return new Refusal.Invalid(CredentialNames.PageId, "The access token belongs to another account than this page. Take the token of the page itself, not that of a person.");
        }

        var (useless, expires) = await _steps.InspectAsync(access, Permission, ct);
        if (useless is not null)
        {
            return useless;
        }

        var subscribed = await graph.PostAsync($"{access.AccountId}/subscribed_apps?subscribed_fields={PageFields}", new ByteArrayContent([]), access, ct);
        return _steps.Refuse(subscribed, CredentialNames.AccessToken, "The access token may not subscribe to the page's webhooks. Give it the permission pages_manage_metadata.") is { } deaf
            ? deaf
            : new ChannelProof(access.AccountId, page.Text("name"u8) is { } name ? PlatformJson.Short(name, 200) : access.AccountId, [], expires);
    }
}
