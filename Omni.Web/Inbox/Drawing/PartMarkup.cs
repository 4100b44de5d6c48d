using System.Text.Json;
using Omni.Core.Inbox;
using Omni.Core.Media;
using Omni.Web.Shared.Ui;

namespace Omni.Web.Inbox.Drawing;

/// <summary>Files, places, cards and choices inside a bubble.</summary>
internal static class PartMarkup
{
    /// <summary>A file, or what stands in its place.</summary>
    internal static Html File(AttachmentView file, MessageView message) => file switch
    {
        { Type: "location" } => Place(file.Payload),
        { Type: "contact" or "contacts" } => Card(file.Payload, file.Name),
        { Type: "share" or "link" } => Shared(file.Payload),
        { Url: null } => Missing(file),
        { Type: "story_mention", Mime: { } mime } when mime.StartsWith("video/", StringComparison.Ordinal) => Video(file, "Story that mentions you"),
        { Type: "story_mention" } => Html.Of($"""<a class="picture" href="{file.Url}" target="_blank" rel="noopener"><img src="{file.Url}" alt="Story that mentions you" loading="lazy" decoding="async"></a>"""),
        { Type: "image" or "sticker" } => Html.Of(
            $"""<a class="picture" href="{file.Url}" target="_blank" rel="noopener"><img class="{(file.Type == "sticker" ? "sticker" : "")}" src="{file.Url}" alt="{Words(file, message)}" loading="lazy" decoding="async"></a>"""),
        { Type: "video" } => Video(file, file.Name ?? "Video"),
        { Type: "audio" } => Html.Of($"""<audio src="{file.Url}" controls preload="metadata" aria-label="Voice note"></audio>"""),
        _ => Html.Of($"""<a class="file" href="{file.Url}" download="{file.Name ?? "file"}">{Draw.Icon("download")}<span><bdi>{file.Name ?? "File"}</bdi><small>{Size(file.Size)}</small></span></a>"""),
    };

    /// <summary>Content that is no file: a place, cards, an order, a choice, a template.</summary>
    internal static Html Payload(MessageView message) => message.Type switch
    {
        "location" => Place(message.Payload),
        "contacts" => Card(message.Payload, null),
        "order" => Html.Of($"""<p class="part">{Draw.Icon("bag")}<span>Order</span></p>"""),
        "template" => Html.Of($"""<p class="part">{Draw.Icon("template", "s")}<span>Template <bdi>{PayloadReader.Text(message.Payload, "template", "name")}</bdi></span></p>"""),
        "interactive" when string.IsNullOrEmpty(message.Text) => Html.Of($"""<p class="part">{Draw.Icon("tray", "s")}<span>Choice</span></p>"""),
        "image" or "video" or "audio" or "file" or "sticker" => Html.Of($"""<p class="part part--waiting">{Draw.Icon("clock", "s")}<span>{Preview.Of(message.Type, null)} is on its way</span></p>"""),
        _ => default,
    };

    /// <summary>A size in words.</summary>
    internal static string Size(long? bytes) => bytes switch
    {
        null => "",
        < 1024 => $"{bytes} B",
        < 1024 * 1024 => $"{bytes / 1024.0:0} kB",
        _ => FormattableString.Invariant($"{bytes / 1048576.0:0.#} MB"),
    };

    private static string Words(AttachmentView file, MessageView message) =>
        message.Text is { Length: > 0 } caption ? $"Photo: {caption}" : file.Name is { Length: > 0 } name ? $"Photo {name}" : "Photo";

    private static Html Video(AttachmentView file, string name) => Html.Of($"""<video class="picture" src="{file.Url}" controls preload="metadata" aria-label="{name}"></video>""");

    private static Html Missing(AttachmentView file)
    {
        var isPending = file.State == AttachmentState.Pending;
        return Html.Of($"""<p class="part part--waiting">{Draw.Icon(isPending ? "clock" : "error", "s")}<span><bdi>{file.Name ?? Preview.Of(file.Type, null)}</bdi> {(isPending ? "is on its way" : file.Reason ?? "could not be fetched")}</span></p>""");
    }

    // A post somebody shared: its address, never its content.
    private static Html Shared(JsonElement? payload)
    {
        var title = PayloadReader.Text(payload, "title") ?? "Shared post";
        var words = Uri.TryCreate(PayloadReader.Text(payload, "url"), UriKind.Absolute, out var url) && url.Scheme is "https" or "http"
            ? Html.Of($"""<a href="{url!.AbsoluteUri}" target="_blank" rel="noopener noreferrer nofollow"><bdi>{title}</bdi></a><small>{url.IdnHost}</small>""")
            : Html.Of($"<bdi>{title}</bdi>");
        return Html.Of($"""<p class="part">{Draw.Icon("out", "s")}<span>{words}</span></p>""");
    }

    private static Html Place(JsonElement? payload)
    {
        var name = PayloadReader.Text(payload, "name") ?? PayloadReader.Text(payload, "address") ?? "Location";
        var map = (PayloadReader.Number(payload, "latitude"), PayloadReader.Number(payload, "longitude")) is ({ } lat, { } lon)
            ? Html.Of($"""<small><a href="{FormattableString.Invariant($"https://www.openstreetmap.org/?mlat={lat}&mlon={lon}#map=16/{lat}/{lon}")}" target="_blank" rel="noopener noreferrer nofollow">{FormattableString.Invariant($"{lat:0.#####}, {lon:0.#####}")}</a></small>""")
            : default;
        return Html.Of($"""<p class="part">{Draw.Icon("pin")}<span><bdi>{name}</bdi>{map}</span></p>""");
    }

    private static Html Card(JsonElement? payload, string? name) => Html.Of($"<div>{Html.Join(PayloadReader.Cards(payload, name).Select(c => Html.Of(
        $"""<p class="part">{Draw.Icon("user")}<span><bdi>{c.Name}</bdi><small>{string.Join(", ", c.Phones)}</small></span></p>""")))}</div>");
}
