using Omni.Core.Channels;
using Omni.Core.Common;
using Omni.Core.Inbox;
using Omni.Web.Shared;
using Omni.Web.Shared.Ui;

namespace Omni.Web.Inbox.Drawing;

/// <summary>A message as two pieces of markup: the bubble, and what stands below it. So a tick or the next message changes nothing in the bubble, where somebody may be reading aloud, marking words or playing a voice note.</summary>
internal static class BubbleMarkup
{
    private static readonly DrawnOnce<MessageView, BubbleLook> Drawn = new();

    /// <summary>The element that holds both.</summary>
    internal static string Css(TimelinePart.Said said) => (said.Message.Direction == MessageDirection.Out, said.Continues, said.Message.Status) switch
    {
        (true, _, MessageStatus.Failed) => said.Continues ? "msg msg--out msg--next msg--failed" : "msg msg--out msg--failed",
        (true, _, MessageStatus.Unknown) => said.Continues ? "msg msg--out msg--next msg--unknown" : "msg msg--out msg--unknown",
        (true, true, _) => "msg msg--out msg--next",
        (true, false, _) => "msg msg--out",
        (false, true, _) => "msg msg--next",
        _ => "msg",
    };

    /// <summary>By what a page finds the message again.</summary>
    internal static object KeyOf(MessageView message) => Drawn.KeyOf(message, static m => m.Id);

    /// <summary>True when the bubble holds files, which must never be drawn again while they play or show.</summary>
    internal static bool HasFiles(MessageView message) => message.DeletedAt is null && message.Attachments.Any(a => a.Url is not null);

    /// <summary>The bubble.</summary>
    internal static Html Body(MessageView message, Talk talk)
    {
        // Names of colleagues stand in some: those are the reader's own.
        return message.Reactions.Any(r => !r.Reactor.StartsWith("contact:", StringComparison.Ordinal))
            ? Body(message, talk.Place, talk)
            : Drawn.Of(message, new BubbleLook(talk.Place, BubblePart.Body, talk.OwnerOf(message), false), talk, static (message, look, talk) => Body(message, look.Place, talk));
    }

    /// <summary>What stands below.</summary>
    internal static Html Below(TimelinePart.Said said, Talk talk)
    {
        var message = said.Message;
        var part = message.Status == MessageStatus.Unknown && MessageWords.IsStillChecked(message, talk.Now) ? BubblePart.Checking
            : said.EndsRun || message.EditedAt is not null || message.Late ? BubblePart.End : BubblePart.Middle;
        return Drawn.Of(message, new BubbleLook(talk.Place, part, talk.OwnerOf(message), talk.MayWrite), talk, static (message, look, talk) => Below(message, look, talk));
    }

    /// <summary>What is above the files of a bubble.</summary>
    internal static Html Quote(MessageView message) => Html.If(
        message.ReplyToId is not null || message.ReplyToPreview is not null,
        $"""<a class="quote" href="#m{message.ReplyToId ?? Guid.Empty:N}" data-jump="m{message.ReplyToId ?? Guid.Empty:N}"><bdi>{message.ReplyToPreview ?? "A message that is not here"}</bdi></a>""");

    /// <summary>What is below the files of a bubble.</summary>
    internal static Html Caption(MessageView message, Talk talk) => Html.Of($"{WordMarkup.Of(message.Text, MessageWords.IsPicture(message) ? "bubble__caption" : "")}{Reactions(message, talk)}");

    /// <summary>What a reply quotes, where it is not simply the words.</summary>
    internal static string? PreviewOf(MessageView message) => message.Type == "text" || message.DeletedAt is not null ? null : Preview.Of(message.Type, message.Text);

    private static Html Body(MessageView message, TalkPlace place, Talk talk)
    {
        var name = MessageWords.Name(message, place.Contact, talk.Reader);
        var about = Html.Of($"{Html.If(talk.SideOf(message) is not null, $""" data-out="{talk.SideOf(message)}" """)}{Html.If(message.ClientId is not null, $""" data-client-id="{message.ClientId ?? default}" """)}{Html.If(PreviewOf(message) is not null, $""" data-preview="{PreviewOf(message)}" """)}{Html.If(message.DeletedAt is not null, $" data-gone")}");
        return Html.Of($"""<div class="bubble {(MessageWords.IsPicture(message) ? "bubble--media" : "")}" id="m{message.Id:N}" tabindex="-1" data-seq="{message.Seq}" data-mid="{message.Id}"{about} role="article" aria-label="{name}">{Quote(message)}{Inside(message, place, talk)}{Reactions(message, talk)}</div>""");
    }

    private static Html Inside(MessageView message, TalkPlace place, Talk talk)
    {
        if (message.DeletedAt is { } deleted)
        {
            return Html.Of($"""<p class="gone">{Draw.Icon("x", "s")}Taken back <time title="{talk.Reader.Exact(deleted)}">{talk.Reader.Clock(deleted)}</time></p>""");
        }

        if (message.Type == "unsupported")
        {
            var words = message.Text is { Length: > 0 } what ? what : $"{Platform.Name(place.Kind)} sent something Omni cannot show. Look into the app on the phone.";
            return Html.Of($"""<p class="gone">{Draw.Icon("info", "s")}{words}</p>""");
        }

        var parts = message.Attachments.Count == 0 ? PartMarkup.Payload(message) : Html.Join(message.Attachments.Select(a => PartMarkup.File(a, message)));
        return Html.Of($"{parts}{WordMarkup.Of(message.Text, MessageWords.IsPicture(message) ? "bubble__caption" : "")}");
    }

    private static Html Reactions(MessageView message, Talk talk)
    {
        if (message.Reactions.Count == 0)
        {
            return default;
        }

        var words = MessageWords.Reactions(message, talk.Place.Contact, talk.Workspace);
        var signs = message.Reactions.GroupBy(r => r.Emoji, StringComparer.Ordinal).Select(g => Html.Of($"<span><bdi>{g.Key}</bdi>{Html.If(g.Count() > 1, $"<b>{g.Count()}</b>")}</span>"));
        return Html.Of($"""<span class="reaction" title="{words}">{Html.Join(signs)}<span class="vh">{words}</span></span>""");
    }

    private static Html Below(MessageView message, BubbleLook look, Talk talk)
    {
        var isOwn = message.Direction == MessageDirection.Out;
        return message.Status switch
        {
            MessageStatus.Failed => Fail("", Html.Of($"{Draw.Icon("error", "s")}Not sent. {message.ErrorMessage ?? "The platform refused it."}{Html.If(message.ErrorCode is not null, $" ({message.ErrorCode})")}"), message, message.ErrorRetryable && look.MayWrite ? (Acts.Retry, "Retry") : null),
            MessageStatus.Unknown when look.Part == BubblePart.Checking => Fail("fail--unsure", Html.Of($"{Draw.Icon("hourglass", "s")}May have been sent – checking"), message, null),
            MessageStatus.Unknown => Fail("fail--unsure", Html.Of($"{Draw.Icon("hourglass", "s")}May have been sent"), message, look.MayWrite ? (Acts.RetryUnknown, "Send again") : null),
            _ when look.Part == BubblePart.End => Meta(message, isOwn, talk),
            _ when isOwn => Html.Of($"""<span class="vh">{MessageWords.Status(message.Status)}</span>"""),
            _ => default,
        };
    }

    private static Html Fail(string css, Html why, MessageView message, (string Act, string Words)? again)
    {
        var button = again is { } act ? Html.Of($"""<button class="link" type="button" data-act="{act.Act}" data-value="{message.Id}">{act.Words}</button>""") : default;
        return Html.Of($"""<div class="fail {css}"><span class="fail__why">{why}</span><span class="fail__acts">{button}<button class="link" type="button" data-copy="{message.Text}">Copy</button></span></div>""");
    }

    private static Html Meta(MessageView message, bool isOwn, Talk talk)
    {
        var (at, reader) = (TimelinePart.At(message), talk.Reader);
        var author = isOwn && MessageWords.Author(message, talk.Workspace) is { } name ? Html.Of($"<span><bdi>{name}</bdi> ·</span>") : default;
        var edited = message.EditedAt is { } changed ? Html.Of($"""<span title="{reader.Exact(changed)}">· edited</span>""") : default;
        var late = message.Late ? Html.Of($"""<span title="Reached Omni {reader.Exact(message.ReceivedAt)}">· came late</span>""") : default;
        return Html.Of($"""<div class="msg__meta">{author}<time title="{reader.Exact(at)}">{reader.Clock(at)}</time>{edited}{late}{(isOwn ? Tick(message.Status) : default)}</div>""");
    }

    private static Html Tick(MessageStatus status)
    {
        var sign = Draw.Icon(status switch { MessageStatus.Queued or MessageStatus.Sending => "clock", MessageStatus.Sent => "tick1", _ => "tick2" }, status == MessageStatus.Read ? "read" : "");
        return Html.Of($"""<span class="tick tick--{Names.Of(status)}">{sign}<span class="tick__word">{MessageWords.Status(status)}</span></span>""");
    }
}
