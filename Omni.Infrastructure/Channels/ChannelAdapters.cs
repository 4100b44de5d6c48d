using Omni.Core.Channels;

namespace Omni.Infrastructure.Channels;

/// <summary>The platforms this program can speak to, by kind.</summary>
internal sealed class ChannelAdapters(IEnumerable<IChannelAdapter> adapters) : IChannelAdapters
{
    private readonly Dictionary<ChannelKind, IChannelAdapter> _byKind = adapters.ToDictionary(a => a.Kind);

    public IReadOnlyList<ChannelKind> Kinds => [.. _byKind.Keys.Order()];

    public IChannelAdapter? Find(ChannelKind kind) => _byKind.GetValueOrDefault(kind);
}
