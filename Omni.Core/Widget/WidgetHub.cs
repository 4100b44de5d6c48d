using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Omni.Core.Events;

namespace Omni.Core.Widget;

/// <summary>The open pages of visitors on this node. Each chat with a page has one listener on the event bus; what changed is read once and handed to the pages it concerns.</summary>
public sealed partial class WidgetHub(IEventBus bus, IWidgetReader reader, WidgetTeam team, WidgetSites sites, WidgetVisitors visitors, TimeProvider clock, ILogger<WidgetHub> logger) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<Guid, WidgetRoom> _rooms = [];

    /// <summary>Pages that are open on this node.</summary>
    public int Pages
    {
        get
        {
            lock (_gate)
            {
                return _rooms.Values.Sum(r => r.Pages);
            }
        }
    }

    /// <summary>Begins to listen for a page. What happened before must be read after this call.</summary>
    /// <returns>Dispose to stop.</returns>
    public WidgetListener Join(WidgetSite site, WidgetVisitor visitor)
    {
        ArgumentNullException.ThrowIfNull(site);
        ArgumentNullException.ThrowIfNull(visitor);
        lock (_gate)
        {
            if (!_rooms.TryGetValue(site.ChannelId, out var room))
            {
                _rooms[site.ChannelId] = room = new WidgetRoom(site, bus, reader, team, sites, visitors, clock, Report);
            }

            var listener = new WidgetListener(visitor.Id, visitor.ExternalId, gone => Leave(site.ChannelId, gone));
            room.Add(listener);
            return listener;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            foreach (var room in _rooms.Values)
            {
                room.Dispose();
            }

            _rooms.Clear();
        }
    }

    private void Leave(Guid channelId, WidgetListener listener)
    {
        lock (_gate)
        {
            if (_rooms.TryGetValue(channelId, out var room) && room.Remove(listener) && room.Pages == 0)
            {
                _rooms.Remove(channelId);
                room.Dispose();
            }
        }
    }

    private void Report(Exception failure) => LogFailed(failure);

    [LoggerMessage(LogLevel.Warning, "A change could not be handed to visitors; their pages read everything again")]
    private partial void LogFailed(Exception failure);
}
