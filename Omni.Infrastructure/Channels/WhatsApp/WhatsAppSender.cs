using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Omni.Core.Channels;
using Omni.Core.Common;
using Omni.Infrastructure.Channels.Meta;

namespace Omni.Infrastructure.Channels.WhatsApp;

/// <summary>Hands messages to the Cloud API (developers.facebook.com/docs/whatsapp/cloud-api/reference/messages).</summary>
internal sealed class WhatsAppSender(GraphClient graph)
{
    /// <inheritdoc cref="IChannelAdapter.SendAsync"/>
    public async Task<SendOutcome> SendAsync(OutboundMessage message, ChannelAccess access, CancellationToken ct)
    {
        if (WhatsAppMessageBody.Refuse(message) is { } reason)
        {
            return new SendOutcome.Rejected(new PlatformError("content", reason, SendReaction.GiveUpContent));
        }

        string? mediaId = null;
        if (message.Media is { } media)
        {
            // An upload sends nothing to anybody, so whatever goes wrong with it may be tried again.
            var (id, failure) = await UploadAsync(media, access, ct);
            if (failure is not null)
            {
                return failure;
            }

            mediaId = id;
        }

        var body = WhatsAppMessageBody.Write(message, mediaId);
        return WhatsAppOutcomes.OfSend(await graph.PostAsync($"{Id(access)}/messages", GraphClient.Json(body), access, ct));
    }

    /// <inheritdoc cref="IChannelAdapter.SignalAsync"/>
    public async Task<Result<Done>> SignalAsync(OutboundSignal signal, ChannelAccess access, CancellationToken ct)
    {
        if (signal.LastExternalId is not { } last)
        {
            return new Refusal.Invalid(nameof(signal.LastExternalId), "WhatsApp needs the message that was read.");
        }

        var body = new JsonObject { ["messaging_product"] = "whatsapp", ["status"] = "read", ["message_id"] = last };
        if (signal.Kind == SignalKind.Typing)
        {
            body["typing_indicator"] = new JsonObject { ["type"] = "text" }; // marks the message read as well; the platform has no other way
        }

        var answer = await graph.PostAsync($"{Id(access)}/messages", GraphClient.Json(body), access, ct);
        return WhatsAppOutcomes.OfRepeatable(answer) is { } failure ? PlatformSteps.Refuse(failure) : new Done();
    }

    private Task<(string? Id, SendOutcome? Failure)> UploadAsync(OutboundMedia media, ChannelAccess access, CancellationToken ct) => PlatformSteps.UploadAsync(
        "WhatsApp",
        media,
        file => new MultipartFormDataContent
        {
            { new StringContent("whatsapp"), "messaging_product" },
            { new StringContent(media.Mime), "type" },
            { file, "file", "file" }, // the person's name for it travels with the message, not with the upload
        },
        form => graph.PostAsync($"{Id(access)}/media", form, access, ct, GraphClient.Files),
        WhatsAppOutcomes.OfRepeatable,
        answer => ((GraphAnswer.Answered)answer).Body.Text("id"u8),
        ct);

    private static string Id(ChannelAccess access) => Uri.EscapeDataString(access.AccountId);
}
