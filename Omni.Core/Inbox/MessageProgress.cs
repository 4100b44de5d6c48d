namespace Omni.Core.Inbox;

/// <summary>How the state of an outgoing message may move.</summary>
public static class MessageProgress
{
    /// <summary>True when <paramref name="next"/> is news: forward only, except that delivered and read win over failed, and anything definite wins over unknown.</summary>
    public static bool MayMove(MessageStatus now, MessageStatus next) => next switch
    {
        MessageStatus.Failed => now is MessageStatus.Sending or MessageStatus.Sent or MessageStatus.Unknown,
        MessageStatus.Sent => now is MessageStatus.Queued or MessageStatus.Sending or MessageStatus.Unknown,
        MessageStatus.Delivered => now is not (MessageStatus.Delivered or MessageStatus.Read or MessageStatus.Received),
        MessageStatus.Read => now is not (MessageStatus.Read or MessageStatus.Received),
        _ => false,
    };
}
