using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Omni.Core.Events;
using Omni.Core.Inbox;

namespace Omni.Core.Widget;

/// <summary>The open pages of one chat on this node. Collects what changed while the last read was under way, and reads it at once.</summary>
internal sealed class WidgetRoom : IDisposable
{
    private const int MostRemembered = 10_000;
    private static readonly TimeSpan Round = TimeSpan.FromSeconds(30);

    private readonly WidgetSite _site;
    private readonly IWidgetReader _reader;
    private readonly WidgetTeam _team;
    private readonly WidgetSites _sites;
    private readonly WidgetVisitors _visitors;
    private readonly Action<Exception> _report;
    private readonly ConcurrentDictionary<string, ImmutableArray<WidgetListener>> _pages = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly IDisposable _subscription;
    private readonly ITimer _rounds;

    // Guarded by the gate.
    private HashSet<Guid> _messages = [];
    private List<ChangeEvent> _signs = [];
    private bool _busy;
    private int _count;

    // Used by one drain at a time.
    private readonly Dictionary<Guid, IReadOnlyList<string>> _people = [];
    private readonly HashSet<Guid> _told = [];
    private WidgetTeamState? _state;
    private int _turning;

    internal WidgetRoom(WidgetSite site, IEventBus bus, IWidgetReader reader, WidgetTeam team, WidgetSites sites, WidgetVisitors visitors, TimeProvider clock, Action<Exception> report)
    {
        (_site, _reader, _team, _sites, _visitors, _report) = (site, reader, team, sites, visitors, report);
        _subscription = bus.Subscribe(site.OrganizationId, ChangeEvent.Organization, OnChange, OnGap);
        _rounds = clock.CreateTimer(_ => _ = TurnAsync(), null, Round, Round);
    }

    internal int Pages => _count;

    public void Dispose()
    {
        _subscription.Dispose();
        _rounds.Dispose();
        _stop.Cancel();
    }

    internal void Add(WidgetListener listener)
    {
        lock (_gate)
        {
            _count++;
            _pages.AddOrUpdate(listener.Person, [listener], (_, present) => present.Add(listener));
        }
    }

    internal bool Remove(WidgetListener listener)
    {
        lock (_gate)
        {
            if (!_pages.TryGetValue(listener.Person, out var present) || !present.Contains(listener))
            {
                return false;
            }

            _count--;
            Put(listener.Person, present.Remove(listener));
            return true;
        }
    }

    private void Put(string person, ImmutableArray<WidgetListener> pages)
    {
        if (pages.IsEmpty)
        {
            _pages.TryRemove(person, out _);
        }
        else
        {
            _pages[person] = pages;
        }
    }

    private ValueTask OnChange(ChangeEvent change)
    {
        switch (change.Name)
        {
            case EventNames.MessageCreated or EventNames.MessageUpdated or EventNames.MessageStatusChanged or EventNames.MessageDeleted when Id(change, "messageId") is { } message:
                Take(() => _messages.Add(message));
                break;
            case EventNames.TypingStarted or EventNames.TypingStopped when change.Data["contactId"] is null && !Flag(change, "note"):
            case EventNames.ConversationRead:
                Take(() => _signs.Add(change));
                break;
            case EventNames.ContactMerged or EventNames.ContactUpdated:
            case EventNames.ConversationUpdated when change.Data["contactId"] is not null:
                Take(() => _signs.Add(change));
                break;
            case EventNames.VisitorChanged when Id(change, "visitorId") is { } visitor && change.Data["person"]?.GetValue<string>() is { } person:
                Rename(visitor, person);
                break;
        }

        return ValueTask.CompletedTask;
    }

    private ValueTask OnGap()
    {
        Tell(_pages.Keys, WidgetSignal.Reset);
        return ValueTask.CompletedTask;
    }

    /// <summary>A page's visitor became known as somebody.</summary>
    private void Rename(Guid visitor, string person)
    {
        lock (_gate)
        {
            foreach (var (before, pages) in _pages)
            {
                var moved = before == person ? [] : pages.Where(p => p.VisitorId == visitor).ToArray();
                if (moved.Length > 0)
                {
                    Put(before, pages.RemoveAll(moved.Contains));
                    foreach (var page in moved)
                    {
                        page.Person = person;
                    }

                    _pages.AddOrUpdate(person, [.. moved], (_, present) => present.AddRange(moved));
                }
            }
        }
    }

    private void Take(Action add)
    {
        lock (_gate)
        {
            add();
            if (!_busy)
            {
                _busy = true;
                _ = Task.Run(DrainAsync);
            }
        }
    }

    private async Task DrainAsync()
    {
        while (true)
        {
            HashSet<Guid> messages;
            List<ChangeEvent> signs;
            lock (_gate)
            {
                if (_messages.Count + _signs.Count == 0 || _stop.IsCancellationRequested)
                {
                    _busy = false;
                    return;
                }

                (messages, signs, _messages, _signs) = (_messages, _signs, [], []);
            }

            try
            {
                await TellMessagesAsync(messages);
                foreach (var sign in signs)
                {
                    await TellSignAsync(sign);
                }
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure) when (failure is not OutOfMemoryException)
            {
                _report(failure);
                await OnGap();
            }
        }
    }

    private async Task TellMessagesAsync(HashSet<Guid> ids)
    {
        if (ids.Count == 0)
        {
            return;
        }

        foreach (var change in await _reader.ChangedAsync(_site.OrganizationId, _site.ChannelId, ids, _stop.Token))
        {
            Remember(change.ConversationId, change.People);
            if (change.Message is { } message)
            {
                var isNew = message is { EditedAt: null, DeletedAt: null } && message.Status is not (MessageStatus.Delivered or MessageStatus.Read) && _told.Add(message.Id);
                Tell(change.People, new WidgetSignal(isNew ? "message" : "update") { Message = message });
                if (isNew && !message.IsVisitors)
                {
                    Tell(change.People, new WidgetSignal("read") { Position = message.Position }); // who answers has read what came before
                }
            }
        }

        if (_told.Count > MostRemembered)
        {
            _told.Clear();
        }
    }

    private async Task TellSignAsync(ChangeEvent sign)
    {
        if (Id(sign, "conversationId") is not { } conversation || sign.Name is EventNames.ConversationUpdated)
        {
            _people.Clear(); // somebody became part of somebody else
            return;
        }

        if (!_people.TryGetValue(conversation, out var people))
        {
            Remember(conversation, people = await _reader.PeopleAsync(_site.OrganizationId, _site.ChannelId, conversation, _stop.Token));
        }

        if (!people.Any(_pages.ContainsKey))
        {
            return;
        }

        Tell(people, sign.Name == EventNames.ConversationRead
            ? new WidgetSignal("read") { Position = await _reader.PositionAsync(_site.OrganizationId, conversation, sign.Data["seq"]?.GetValue<int>() ?? 0, _stop.Token) }
            : new WidgetSignal("typing") { Active = sign.Name == EventNames.TypingStarted, Author = sign.Data["displayName"]?.GetValue<string>() });
    }

    private void Remember(Guid conversation, IReadOnlyList<string> people)
    {
        if (_people.Count > MostRemembered)
        {
            _people.Clear();
        }

        _people[conversation] = people;
    }

    private void Tell(IEnumerable<string> people, WidgetSignal signal)
    {
        foreach (var person in people)
        {
            if (_pages.TryGetValue(person, out var pages))
            {
                foreach (var page in pages)
                {
                    page.Offer(signal);
                }
            }
        }
    }

    /// <summary>Every half minute: says that the visitors are still there, and tells them when the team came or went.</summary>
    private async Task TurnAsync()
    {
        if (Interlocked.Exchange(ref _turning, 1) == 1)
        {
            return;
        }

        try
        {
            if (await _sites.FindAsync(_site.SiteKey, _stop.Token) is not { } site)
            {
                foreach (var page in _pages.Values.SelectMany(p => p))
                {
                    page.End();
                }

                return;
            }

            await _visitors.TouchAsync(_site.OrganizationId, [.. _pages.Values.SelectMany(p => p).Select(p => p.VisitorId).Distinct()], _stop.Token);
            var state = (await _team.ReadAsync(site, _stop.Token)).State;
            if (_state is not null && _state != state)
            {
                Tell(_pages.Keys, new WidgetSignal("team") { Team = state });
            }

            _state = state;
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            return;
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            _report(failure);
        }
        finally
        {
            Volatile.Write(ref _turning, 0);
        }
    }

    // An id as it was put in, as text, or as another node's JSON.
    private static Guid? Id(ChangeEvent change, string member) => change.Data[member] is JsonValue value
        && (value.TryGetValue(out Guid id) || (value.TryGetValue(out string? text) && Guid.TryParse(text, out id))) ? id : null;

    private static bool Flag(ChangeEvent change, string member) => change.Data[member] is JsonValue value && value.TryGetValue(out bool flag) && flag;
}
