using System.Threading.Channels;
using Omni.Core.Channels;

namespace Omni.Infrastructure.Channels.Inbound;

/// <summary>People whose name has to be asked for. Only a hint: who gets lost here is asked for with their next message.</summary>
internal sealed class ProfileQueue
{
    private readonly System.Threading.Channels.Channel<Nameless> _waiting =
        System.Threading.Channels.Channel.CreateBounded<Nameless>(new BoundedChannelOptions(5_000) { FullMode = BoundedChannelFullMode.DropOldest });

    /// <summary>Somebody whose name is not known yet.</summary>
    public void Add(Nameless person) => _waiting.Writer.TryWrite(person);

    /// <summary>Who waits, in order.</summary>
    public IAsyncEnumerable<Nameless> ReadAsync(CancellationToken ct) => _waiting.Reader.ReadAllAsync(ct);
}

/// <summary>A person shown by the platform's id.</summary>
/// <param name="OrganizationId">The organization.</param>
/// <param name="ChannelId">The channel.</param>
/// <param name="Kind">Its platform.</param>
/// <param name="ContactId">The contact.</param>
/// <param name="ExternalId">The platform's id.</param>
internal sealed record Nameless(Guid OrganizationId, Guid ChannelId, ChannelKind Kind, Guid ContactId, string ExternalId);
