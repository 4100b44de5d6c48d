using System.Text.Json;
using Omni.Core.Channels;
using Omni.Core.Inbox;
using Omni.Web.Shared;
using Omni.Web.Shared.Ui;

namespace Omni.Web.Inbox;

/// <summary>What the browser's composer must know about a conversation, as one JSON attribute. The version and the end of the reply window, which change with every message, are attributes of their own.</summary>
public static class ComposerInfo
{
    /// <summary>Writes it.</summary>
    /// <param name="item">The conversation.</param>
    /// <param name="workspace">Channels and the reader.</param>
    /// <param name="adapters">What the platform can carry.</param>
    /// <param name="drafts">The reader's drafts as the server has them, by mode.</param>
    public static string For(ConversationItem item, Workspace workspace, IChannelAdapters adapters, IReadOnlyDictionary<string, Draft> drafts)
    {
        ArgumentNullException.ThrowIfNull(item);
        ArgumentNullException.ThrowIfNull(workspace);
        ArgumentNullException.ThrowIfNull(adapters);
        var row = item.Row;
        var channel = workspace.Channel(row.ChannelId);
        var limits = adapters.Find(row.Kind)?.Capabilities;
        return JsonSerializer.Serialize(
            new
            {
                user = workspace.Actor.UserId,
                name = row.ContactName,
                platform = Platform.Name(row.Kind),
                key = Platform.Key(row.Kind),
                channelId = row.ChannelId,
                from = string.Join(' ', new[] { row.ChannelName, channel?.DisplayName }.Where(w => !string.IsNullOrEmpty(w) && w != Platform.Name(row.Kind)).Distinct()),
                isPublic = limits?.PublicThreads is { } open && row.ThreadKey.StartsWith(open, StringComparison.Ordinal),
                hasWindow = row.HasWindow,
                maxPerWindow = limits?.MaxPerWindow,
                broken = Broken(row, channel),
                maxText = limits?.MaxTextLength ?? 0,
                countsBytes = limits?.CountsBytes ?? false,
                templates = limits?.Templates ?? false,
                replies = limits?.Replies ?? false,
                captions = limits?.Captions ?? false,
                accept = limits is null ? [] : limits.Media.ToDictionary(m => m.Key, m => new { max = m.Value.MaxBytes, types = m.Value.Mimes }),
                people = workspace.Directory.Members.Where(m => m.UserId != workspace.Actor.UserId).Select(m => new { id = m.UserId, name = m.Name }),
                drafts = drafts.ToDictionary(d => d.Key, d => new { text = d.Value.Text, at = d.Value.UpdatedAt }),
            },
            JsonSerializerOptions.Web);
    }

    private static string? Broken(ConversationRow row, ChannelView? channel) => (channel?.Status ?? row.ChannelStatus, channel) switch
    {
        (ChannelStatus.NeedsReauth, _) => $"{row.ChannelName} must be connected again by an administrator before anything can be sent. Messages still come in.",
        (ChannelStatus.Disabled, _) => $"{row.ChannelName} is switched off. An administrator can switch it on again.",
        (_, null) => $"{row.ChannelName} is no longer connected.",
        _ => null,
    };
}
