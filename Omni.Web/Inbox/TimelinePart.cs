using Omni.Core.Channels;
using Omni.Core.Inbox;
using Omni.Web.Shared;

namespace Omni.Web.Inbox;

/// <summary>One thing that stands in a timeline.</summary>
public abstract record TimelinePart
{
    private const int Foldable = 4;
    private static readonly TimeSpan RunBreak = TimeSpan.FromMinutes(5);

    /// <summary>Key under which the page finds it again.</summary>
    public abstract object Key { get; }

    /// <summary>A day begins.</summary>
    /// <param name="Words">Its name.</param>
    /// <param name="Date">Its date.</param>
    public sealed record Day(string Words, DateTime Date) : TimelinePart
    {
        /// <inheritdoc/>
        public override object Key => $"d{Date:yyyyMMdd}";
    }

    /// <summary>What the reader has not seen begins.</summary>
    /// <param name="Count">How many messages.</param>
    public sealed record Unread(int Count) : TimelinePart
    {
        /// <inheritdoc/>
        public override object Key => "unread";
    }

    /// <summary>Lines about what happened to the conversation; many in a row are folded.</summary>
    /// <param name="All">The lines.</param>
    public sealed record Lines(IReadOnlyList<MessageView> All) : TimelinePart
    {
        /// <inheritdoc/>
        public override object Key => $"l{All[0].Id:N}";

        /// <summary>True when only a summary shows at first.</summary>
        public bool Folded => All.Count >= Foldable;
    }

    /// <summary>A message or note.</summary>
    /// <param name="Message">The message.</param>
    /// <param name="Continues">True when the one above is by the same author and not long ago.</param>
    /// <param name="EndsRun">True when the next one is not part of the same run: the time stands here.</param>
    public sealed record Said(MessageView Message, bool Continues, bool EndsRun) : TimelinePart
    {
        /// <inheritdoc/>
        public override object Key => Drawing.BubbleMarkup.KeyOf(Message);
    }

    /// <summary>Lays messages out: days, runs of one author, the unread line, folded activity lines.</summary>
    /// <param name="messages">Oldest first.</param>
    /// <param name="readUpTo">How far the reader had read when the conversation was opened; the line stands before the first message that made it unread.</param>
    /// <param name="reader">For days.</param>
    /// <param name="now">The present (UTC).</param>
    public static List<TimelinePart> Build(IReadOnlyList<MessageView> messages, int readUpTo, Reader reader, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(messages);
        ArgumentNullException.ThrowIfNull(reader);
        var entries = new List<TimelinePart>(messages.Count + 8);
        var unread = messages.Where(m => m.Seq > readUpTo && m.Kind != MessageKind.Activity && m.Direction != MessageDirection.Out).ToList();
        var firstUnread = readUpTo > 0 && unread.Count > 0 ? unread[0].Id : (Guid?)null;
        DateTime? day = null;
        List<MessageView>? lines = null;
        for (var i = 0; i < messages.Count; i++)
        {
            var message = messages[i];
            var date = reader.Local(At(message)).Date;
            if (date != day)
            {
                day = date;
                lines = null;
                entries.Add(new Day(reader.Day(At(message), now), date));
            }

            if (message.Id == firstUnread)
            {
                lines = null;
                entries.Add(new Unread(unread.Count));
            }

            if (message.Kind == MessageKind.Activity)
            {
                if (lines is null)
                {
                    entries.Add(new Lines(lines = []));
                }

                lines.Add(message);
                continue;
            }

            lines = null;
            var above = i > 0 ? messages[i - 1] : null;
            var below = i + 1 < messages.Count ? messages[i + 1] : null;
            entries.Add(new Said(
                message,
                Continues: above is not null && message.Id != firstUnread && reader.Local(At(above)).Date == date && SameRun(above, message),
                EndsRun: below is null || below.Id == firstUnread || reader.Local(At(below)).Date != date || !SameRun(message, below)));
        }

        return entries;
    }

    /// <summary>The time that is shown for a message (UTC).</summary>
    public static DateTimeOffset At(MessageView message)
    {
        ArgumentNullException.ThrowIfNull(message);
        return message.PlatformTime ?? message.ReceivedAt;
    }

    private static bool SameRun(MessageView one, MessageView next) =>
        one.Kind == MessageKind.Message && next.Kind == MessageKind.Message
        && one.Direction == next.Direction && one.AuthorId == next.AuthorId && one.Source == next.Source
        && one.Status is not (MessageStatus.Failed or MessageStatus.Unknown)
        && At(next) - At(one) < RunBreak;
}
