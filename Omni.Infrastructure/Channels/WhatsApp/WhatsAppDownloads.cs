using Omni.Core.Channels;
using Omni.Infrastructure.Channels.Meta;

namespace Omni.Infrastructure.Channels.WhatsApp;

/// <summary>
/// Opens files of messages (developers.facebook.com/docs/whatsapp/cloud-api/reference/media): the id is exchanged for an address that lives
/// minutes, which is then read with the same token. Ids that came by webhook live seven days.
/// </summary>
internal sealed class WhatsAppDownloads(GraphClient graph)
{
    private readonly MetaFiles _files = new(graph, "WhatsApp");

    /// <inheritdoc cref="IChannelAdapter.DownloadAsync"/>
    public async Task<MediaOutcome> DownloadAsync(MediaReference media, ChannelAccess access, CancellationToken ct)
    {
        if (GraphClient.Token(access) is not { } token)
        {
            return new MediaOutcome.Reauthorize("The channel has no access token.");
        }

        var address = media.Url;
        if (media.Id is { } id)
        {
            if (!id.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-'))
            {
                return new MediaOutcome.Gone("The file's id is not one of WhatsApp's.");
            }

            var answer = await graph.GetAsync($"{id}?phone_number_id={Uri.EscapeDataString(access.AccountId)}", access, ct);
            if (WhatsAppOutcomes.OfRepeatable(answer) is { } failure)
            {
                return OfFailure(failure);
            }

            var found = ((GraphAnswer.Answered)answer).Body;
            if (found.Member("file_size"u8).Text() is { } size && long.TryParse(size, out var bytes) && bytes > media.Limit)
            {
                return PlatformFiles.TooLarge(media.Limit);
            }

            address = found.Text("url"u8);
        }

        return await _files.OpenAsync(address, token, media.Limit, access, ct);
    }

    private static MediaOutcome OfFailure(SendOutcome failure) => failure switch
    {
        SendOutcome.Retry retry => new MediaOutcome.Retry(retry.After, retry.Message),
        SendOutcome.Reauthorize token => new MediaOutcome.Reauthorize(token.Message),
        _ => new MediaOutcome.Gone("The file is no longer at WhatsApp; files are kept there for seven days."),
    };
}
