using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Omni.Core.Channels;
using Omni.Core.Common;

namespace Omni.Infrastructure.Channels.Meta;

/// <summary>Hands messages to the Send API (developers.facebook.com/docs/messenger-platform/reference/send-api).</summary>
internal sealed class DirectSender(GraphClient graph, DirectPlatform platform)
{
    /// <inheritdoc cref="IChannelAdapter.SendAsync"/>
    public async Task<SendOutcome> SendAsync(OutboundMessage message, ChannelAccess access, CancellationToken ct)
    {
        if (DirectBody.Refuse(platform, message, access) is { } reason)
        {
            return new SendOutcome.Rejected(new PlatformError("content", reason, SendReaction.GiveUpContent));
        }

        string? attachment = null;
        if (message.Media is { } media)
        {
            // An upload sends nothing to anybody, so whatever goes wrong with it may be tried again.
            var (id, failure) = await UploadAsync(media, access, ct);
            if (failure is not null)
            {
                return failure;
            }

            attachment = id;
        }

        var answer = await graph.PostAsync($"{Sender(access)}/messages", GraphClient.Json(DirectBody.Write(platform, message, attachment)), access, ct);
        return answer is GraphAnswer.Answered { Error.Subcode: DirectErrors.PerhapsSent }
            ? new SendOutcome.Unknown($"{platform.Name} answered with an error that it also gives for messages it delivers.")
            : platform.Verdicts.OfSend(answer, ok => ok.Body.Text("message_id"u8) ?? (message.Type == "reaction" && ok.Body.Text("recipient_id"u8) is not null ? $"reaction:{message.Id:N}" : null));
    }

    /// <inheritdoc cref="IChannelAdapter.SignalAsync"/>
    public async Task<Result<Done>> SignalAsync(OutboundSignal signal, ChannelAccess access, CancellationToken ct)
    {
        if (signal.Recipients is not [var person, ..])
        {
            return new Refusal.Invalid(nameof(signal.Recipients), "The sign is for nobody.");
        }

        var body = new JsonObject
        {
            ["recipient"] = new JsonObject { ["id"] = person },
            ["sender_action"] = signal.Kind == SignalKind.Read ? "mark_seen" : "typing_on",
        };
        return platform.Verdicts.OfRepeatable(await graph.PostAsync($"{Sender(access)}/messages", GraphClient.Json(body), access, ct)) is { } failure ? PlatformSteps.Refuse(failure) : new Done();
    }

    /// <summary>Who sends: the account, or the page that an Instagram account is linked to.</summary>
    public static string Sender(ChannelAccess access) => Uri.EscapeDataString(access.Credentials.GetValueOrDefault(CredentialNames.PageId, access.AccountId));

    private Task<(string? Id, SendOutcome? Failure)> UploadAsync(OutboundMedia media, ChannelAccess access, CancellationToken ct) => PlatformSteps.UploadAsync(
        platform.Name,
        media,
        file => new MultipartFormDataContent
        {
            { new StringContent(platform.Topic == MetaTopic.Instagram ? "instagram" : "messenger"), "platform" },
            { new StringContent(DirectBody.Upload(media).ToJsonString()), "message" },
            { file, "filedata", PlainName(media.Name) },
        },
        form => graph.PostAsync($"{Sender(access)}/message_attachments", form, access, ct, GraphClient.Files),
        platform.Verdicts.OfRepeatable,
        answer => ((GraphAnswer.Answered)answer).Body.Text("attachment_id"u8),
        ct);

    // The name stands in a header; people see it, so what fits stays.
    private static string PlainName(string name) => string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' or ' ' ? c : '_'));
}
