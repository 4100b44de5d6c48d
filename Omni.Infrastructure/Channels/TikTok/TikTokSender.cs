using System.Net.Http.Headers;
using Omni.Core.Channels;
using Omni.Core.Common;

namespace Omni.Infrastructure.Channels.TikTok;

/// <summary>Hands messages, pictures and signs over. Everything goes to a conversation; the platform knows no other recipient.</summary>
internal sealed class TikTokSender(TikTokClient client)
{
    private const string Path = "business/message/send/";

    /// <inheritdoc cref="IChannelAdapter.SendAsync"/>
    public async Task<SendOutcome> SendAsync(OutboundMessage message, ChannelAccess access, CancellationToken ct)
    {
        if (TikTokBody.Refuse(message) is { } reason)
        {
            return new SendOutcome.Rejected(new PlatformError("content", reason, SendReaction.GiveUpContent));
        }

        string? media = null;
        if (message.Media is { } file)
        {
            // These send nothing to anybody, so whatever goes wrong with them may be tried again.
            var (id, failure) = await MayShowAsync(message.ThreadKey!, access, ct) is { } refused ? (null, refused) : await UploadAsync(file, access, ct);
            if (failure is not null)
            {
                return failure;
            }

            media = id;
        }

        return TikTokVerdicts.OfSend(await client.PostAsync(Path, PlatformWire.Json(TikTokBody.Write(message, access, media)), access, ct));
    }

    /// <inheritdoc cref="IChannelAdapter.SignalAsync"/>
    public async Task<Result<Done>> SignalAsync(OutboundSignal signal, ChannelAccess access, CancellationToken ct)
    {
        if (string.IsNullOrEmpty(signal.ThreadKey))
        {
            return new Refusal.Invalid(nameof(signal.ThreadKey), "The sign is for no conversation.");
        }

        var answer = await client.PostAsync(Path, PlatformWire.Json(TikTokBody.Sign(signal.Kind, signal.ThreadKey, access)), access, ct);
        return TikTokVerdicts.OfRepeatable(answer) is { } failure ? PlatformSteps.Refuse(failure) : new Done();
    }

    /// <summary>In many countries pictures cannot be sent; the platform says so for each conversation.</summary>
    private async Task<SendOutcome?> MayShowAsync(string thread, ChannelAccess access, CancellationToken ct)
    {
        var answer = await client.GetAsync("business/message/capabilities/get/", new Dictionary<string, string>
        {
            ["business_id"] = access.AccountId, ["conversation_id"] = thread, ["conversation_type"] = "SINGLE", ["capability_types"] = "[\"IMAGE_SEND\"]",
        }, access, ct);
        if (TikTokVerdicts.OfRepeatable(answer) is { } failure)
        {
            return failure;
        }

        var told = TikTokVerdicts.Data(answer).Member("capability_infos"u8).Each().FirstOrDefault(c => c.Text("capability_type"u8) == "IMAGE_SEND").Member("capability_result"u8);
        return told.ValueKind == System.Text.Json.JsonValueKind.False
            ? new SendOutcome.Rejected(new PlatformError("IMAGE_SEND", "TikTok allows no pictures between your country and this person's. Describe it, or share a post.", SendReaction.GiveUpContent))
            : null;
    }

    private Task<(string? Id, SendOutcome? Failure)> UploadAsync(OutboundMedia media, ChannelAccess access, CancellationToken ct) => PlatformSteps.UploadAsync(
        "TikTok",
        media,
        file => new MultipartFormDataContent
        {
            { new StringContent(access.AccountId), "business_id" },
            { new StringContent("IMAGE"), "media_type" },
            { file, "file", media.Mime == "image/png" ? "picture.png" : "picture.jpg" },
        },
        form => client.PostAsync("business/message/media/upload/", form, access, ct, TikTokClient.Files),
        TikTokVerdicts.OfRepeatable,
        answer => TikTokVerdicts.Data(answer).Text("media_id"u8),
        ct);
}
