using Omni.Core.Channels;

namespace Omni.Infrastructure.Channels.Meta;

/// <summary>What tells Messenger and Instagram apart.</summary>
/// <param name="Kind">The platform.</param>
/// <param name="Topic">The <c>object</c> of its deliveries.</param>
/// <param name="Capabilities">What it carries.</param>
internal sealed record DirectPlatform(ChannelKind Kind, string Topic, ChannelCapabilities Capabilities)
{
    /// <summary>Its name, for words.</summary>
    public string Name { get; } = Kind.ToString();

    /// <summary>What its errors mean.</summary>
    public GraphVerdicts Verdicts { get; } = new(Kind.ToString(), DirectErrors.Find);
}
