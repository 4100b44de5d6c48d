namespace Omni.Core.Channels;

/// <summary>Finds the adapter of a platform.</summary>
public interface IChannelAdapters
{
    /// <summary>The adapter, or null for a platform that this installation cannot speak to yet.</summary>
    IChannelAdapter? Find(ChannelKind kind);

    /// <summary>Every platform that can be connected.</summary>
    IReadOnlyList<ChannelKind> Kinds { get; }
}
