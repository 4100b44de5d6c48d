using Omni.Core.Channels;

namespace Omni.Web.Inbox.Drawing;

/// <summary>What the messages of a conversation share, as far as it shows in them.</summary>
/// <param name="Contact">The customer's name.</param>
/// <param name="Kind">The platform.</param>
/// <param name="Zone">The reader's time zone.</param>
internal sealed record TalkPlace(string Contact, ChannelKind Kind, string Zone);
