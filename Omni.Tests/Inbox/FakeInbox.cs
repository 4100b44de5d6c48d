using NSubstitute;
using Omni.Core.Channels;
using Omni.Core.Common;
using Omni.Core.Events;
using Omni.Core.Identity;
using Omni.Core.Inbox;
using Omni.Core.Tenancy;
using Omni.Web.Inbox;

namespace Omni.Tests.Inbox;

/// <summary>An inbox in memory behind every seam the pages use, so that components and pages are tested without a database.</summary>
internal sealed class FakeInbox(TimeProvider clock) : IInboxReader, IInboxLive, IInboxMarks, IInboxDirectory, IInboxActions, IEventBus, ICurrentActor, IChannelAdapters, IFirstSteps, IOutboundSignals
{
    private readonly Lock _gate = new();
    private readonly Dictionary<Guid, ConversationRow> _rows = [];
    private readonly List<MessageView> _messages = [];
    private readonly Dictionary<Guid, int> _read = [];
    private readonly Dictionary<(Guid, string), Draft> _drafts = [];
    private readonly List<Func<IReadOnlyList<ConversationRow>, ValueTask>> _listWatches = [];
    private readonly List<(Guid Id, Func<IReadOnlyList<MessageView>, ValueTask> Handler)> _messageWatches = [];
    private readonly List<(string Subject, Func<ChangeEvent, ValueTask> Handler)> _subscriptions = [];

    internal Actor Actor { get; set; } = new(OmniId.New(), OmniId.New(), MemberRole.Owner, OmniId.New()) { DisplayName = "Ingrid Solberg" };

    internal InboxDirectoryView Directory { get; set; } = new("Skog & Fjell", [], [], []);

    internal ContactCard? Card { get; set; }

    /// <summary>Thrown by the next reading of the list.</summary>
    internal Exception? Trouble { get; set; }

    /// <summary>How often the list was read.</summary>
    internal int ListReads { get; private set; }

    /// <summary>How often messages of a conversation were read from the start.</summary>
    internal int MessageReads { get; private set; }

    internal List<(Guid Id, ConversationPatch Patch)> Patches { get; } = [];

    internal List<(Guid Id, bool EvenIfUnknown)> Retries { get; } = [];

    internal IReadOnlyDictionary<Guid, int> ReadMarks => _read;

    internal IReadOnlyDictionary<(Guid, string), Draft> Drafts => _drafts;

    internal FirstSteps FirstSteps { get; set; } = new(true, true, true, true, false);

    internal bool Watched => _listWatches.Count > 0;

    internal bool WatchedMessages => _messageWatches.Count > 0;

    public IReadOnlyList<ChannelKind> Kinds => [ChannelKind.WhatsApp];

    public IChannelAdapter? Find(ChannelKind kind)
    {
        var adapter = Substitute.For<IChannelAdapter>();
        adapter.Capabilities.Returns(new ChannelCapabilities
        {
            MaxTextLength = 4096, ReplyWindow = TimeSpan.FromHours(24), Templates = true, Replies = true, Captions = true, SendsPerSecond = 80, SendBurst = 80,
            Media = new Dictionary<string, MediaRule> { ["image"] = new(5 << 20, ["image/jpeg", "image/png"]), ["file"] = new(100 << 20, []) },
        });
        return adapter;
    }

    Task<Result<FirstSteps>> IFirstSteps.ReadAsync(Actor actor, CancellationToken ct) => Task.FromResult((Result<FirstSteps>)FirstSteps);

    public Task<Result<FirstSteps>> HideAsync(Actor actor, bool isHidden, CancellationToken ct) => Task.FromResult((Result<FirstSteps>)(FirstSteps = FirstSteps with { IsHidden = isHidden }));

    public ValueTask<Result<Actor>> GetAsync(CancellationToken ct) => new((Result<Actor>)Actor);

    internal void Put(ConversationRow row, int lastRead = int.MaxValue)
    {
        lock (_gate)
        {
            _rows[row.Id] = row;
            _read[row.Id] = lastRead == int.MaxValue ? row.LastSeq : lastRead;
        }
    }

    internal void Put(MessageView message)
    {
        lock (_gate)
        {
            _messages.RemoveAll(m => m.Id == message.Id);
            _messages.Add(message);
        }
    }

    internal ConversationRow Row(Guid id) => _rows[id];

    internal ConversationRow RowNamed(string name) => _rows.Values.Single(r => r.ContactName == name);

    internal IReadOnlyList<MessageView> MessagesOf(Guid conversation)
    {
        lock (_gate)
        {
            return [.. _messages.Where(m => m.ConversationId == conversation).OrderBy(m => m.Position).ThenBy(m => m.Seq)];
        }
    }

    /// <summary>Changes a row and tells everybody who watches, as the product does after a commit.</summary>
    internal async Task ChangeAsync(Guid id, Func<ConversationRow, ConversationRow> change)
    {
        ConversationRow row;
        lock (_gate)
        {
            row = _rows[id] = change(_rows[id]) with { Version = _rows[id].Version + 1 };
        }

        await TellAsync([row]);
    }

    internal async Task TellAsync(IReadOnlyList<ConversationRow> rows)
    {
        foreach (var watch in _listWatches.ToArray())
        {
            await watch(rows);
        }
    }

    /// <summary>Adds or changes a message, and its conversation with it.</summary>
    internal async Task SayAsync(MessageView message)
    {
        Put(message);
        foreach (var (id, handler) in _messageWatches.ToArray())
        {
            if (id == message.ConversationId)
            {
                await handler([message]);
            }
        }

        await ChangeAsync(message.ConversationId, row => row with
        {
            LastSeq = Math.Max(row.LastSeq, message.Seq),
            LastUnreadSeq = message.Direction == MessageDirection.In ? message.Seq : row.LastUnreadSeq,
            LastMessageDirection = message.Direction,
            LastMessagePreview = Preview.Of(message.Type, message.Text),
            LastMessageStatus = message.Status,
            LastActivityAt = message.CreatedAt,
            LastInboundAt = message.Direction == MessageDirection.In ? message.CreatedAt : row.LastInboundAt,
        });
    }

    public Task<Result<Page<ConversationItem>>> ListAsync(Actor actor, ConversationQuery query, CancellationToken ct)
    {
        if (query.ContactId is null)
        {
            ListReads++;
        }

        if (Trouble is { } trouble)
        {
            throw trouble;
        }

        var feed = new ConversationFeed(query, clock);
        lock (_gate)
        {
            var rows = _rows.Values.Where(r => feed.Belongs(r, _read[r.Id]) && (query.Search is null || r.LastMessagePreview.Contains(query.Search, StringComparison.OrdinalIgnoreCase)));
            var ordered = (query.OldestFirst ? rows.OrderBy(r => r.LastActivityAt) : rows.OrderByDescending(r => r.LastActivityAt)).ToList();
            var start = query.Cursor is { } cursor ? int.Parse(cursor) : 0;
            var page = ordered.Skip(start).Take(query.Limit).Select(Item).ToList();
            var next = start + page.Count < ordered.Count ? (start + page.Count).ToString() : null;
            return Task.FromResult((Result<Page<ConversationItem>>)new Page<ConversationItem>(page, next, query.Limit));
        }
    }

    public Task<Result<ConversationItem>> FindAsync(Actor actor, Guid conversationId, CancellationToken ct)
    {
        lock (_gate)
        {
            return Task.FromResult(_rows.TryGetValue(conversationId, out var row) ? (Result<ConversationItem>)Item(row) : new Refusal.NotFound("The conversation"));
        }
    }

    public Task<IReadOnlyList<ConversationRow>> RowsAsync(Guid organizationId, IReadOnlyCollection<Guid> ids, CancellationToken ct) =>
        Task.FromResult<IReadOnlyList<ConversationRow>>([.. _rows.Values.Where(r => ids.Contains(r.Id))]);

    public Task<InboxCounts> CountsAsync(Actor actor, CancellationToken ct)
    {
        lock (_gate)
        {
            var open = _rows.Values.Where(r => r.Status == ConversationStatus.Open).ToList();
            var now = clock.GetUtcNow();
            return Task.FromResult(new InboxCounts(
                open.Count(r => r.AssigneeId == actor.UserId), open.Count(r => r.AssigneeId is null), open.Count, open.Count(r => r.WaitingSince is not null),
                open.Count(r => r.WindowUntil > now && r.WindowUntil < now.AddHours(4)), _rows.Values.Count(r => r.Status == ConversationStatus.Snoozed),
                open.Count(r => r.AssigneeId == actor.UserId && r.LastUnreadSeq > _read[r.Id]),
                open.GroupBy(r => r.ChannelId).ToDictionary(g => g.Key, g => g.Count()),
                open.SelectMany(r => r.Labels).GroupBy(l => l.Id).ToDictionary(g => g.Key, g => g.Count())));
        }
    }

    public Task<Result<Page<MessageView>>> MessagesAsync(Actor actor, Guid conversationId, string? before, string? after, int limit, CancellationToken ct)
    {
        MessageReads += before is null && after is null ? 1 : 0;
        var all = MessagesOf(conversationId);
        if (after is not null)
        {
            Cursor.TryRead(after, out long position, out int seq);
            return Task.FromResult((Result<Page<MessageView>>)new Page<MessageView>([.. all.Where(m => (m.Position, m.Seq).CompareTo((position, seq)) > 0)], null, limit));
        }

        var older = before is not null && Cursor.TryRead(before, out long at, out int number) ? all.Where(m => (m.Position, m.Seq).CompareTo((at, number)) < 0).ToList() : [.. all];
        var page = older.TakeLast(limit).Reverse().ToList();
        return Task.FromResult((Result<Page<MessageView>>)new Page<MessageView>(page, older.Count > limit ? Cursor.Write(page[^1].Position, page[^1].Seq) : null, limit));
    }

    public Task<IReadOnlyList<MessageView>> MessagesAsync(Guid organizationId, IReadOnlyCollection<Guid> ids, CancellationToken ct) =>
        Task.FromResult<IReadOnlyList<MessageView>>([.. _messages.Where(m => ids.Contains(m.Id))]);

    public Task<Result<Page<MessageView>>> SearchAsync(Actor actor, string words, string? cursor, int limit, CancellationToken ct) =>
        Task.FromResult((Result<Page<MessageView>>)new Page<MessageView>([], null, limit));

    public IDisposable Watch(Guid organizationId, Func<IReadOnlyList<ConversationRow>, ValueTask> handler)
    {
        _listWatches.Add(handler);
        return new Ending(() => _listWatches.Remove(handler));
    }

    public IDisposable WatchMessages(Guid organizationId, Guid conversationId, Func<IReadOnlyList<MessageView>, ValueTask> handler)
    {
        _messageWatches.Add((conversationId, handler));
        return new Ending(() => _messageWatches.Remove((conversationId, handler)));
    }

    /// <summary>Conversations whose customers were told that the team has read.</summary>
    internal List<Guid> ToldRead { get; } = [];

    void IOutboundSignals.Read(Actor actor, Guid conversationId) => ToldRead.Add(conversationId);

    void IOutboundSignals.Typing(Actor actor, Guid conversationId)
    {
        // The pages' own signs are looked at; nobody is behind this inbox.
    }

    public Task<int?> ReadAsync(Actor actor, Guid conversationId, int seq, bool backwards, CancellationToken ct)
    {
        _read[conversationId] = backwards ? seq : Math.Max(seq, _read[conversationId]);
        return Task.FromResult<int?>(_read[conversationId]);
    }

    public Task ViewAsync(Actor actor, Guid conversationId, DateTimeOffset? until, CancellationToken ct) => Task.CompletedTask;

    public Task<bool> SaveDraftAsync(Actor actor, Guid conversationId, string mode, string text, DateTimeOffset writtenAt, CancellationToken ct)
    {
        _drafts[(conversationId, mode)] = new Draft(actor.OrganizationId, actor.UserId, conversationId, mode) { Text = text, UpdatedAt = writtenAt };
        return Task.FromResult(true);
    }

    public Task<IReadOnlyDictionary<string, Draft>> DraftsAsync(Actor actor, Guid conversationId, CancellationToken ct) =>
        Task.FromResult<IReadOnlyDictionary<string, Draft>>(_drafts.Where(d => d.Key.Item1 == conversationId).ToDictionary(d => d.Key.Item2, d => d.Value));

    public Task<InboxDirectoryView> ReadAsync(Actor actor, CancellationToken ct) => Task.FromResult(Directory);

    public Task<ContactCard?> ContactAsync(Actor actor, Guid contactId, CancellationToken ct) =>
        Task.FromResult(Card is null ? null : Card with { Id = contactId });

    public Task<IReadOnlyList<FileView>> FilesAsync(Actor actor, Guid conversationId, CancellationToken ct) => Task.FromResult<IReadOnlyList<FileView>>([]);

    public Task SetAvailabilityAsync(Actor actor, Availability availability, CancellationToken ct) => Task.CompletedTask;

    public async Task<Result<long>> PatchAsync(Actor actor, Guid id, ConversationPatch patch, CancellationToken ct)
    {
        Patches.Add((id, patch));
        if (Trouble is { } trouble)
        {
            throw trouble;
        }

        await ChangeAsync(id, row => row with
        {
            Status = patch.Status ?? (patch.SnoozedUntil is null ? row.Status : ConversationStatus.Snoozed),
            SnoozedUntil = patch.SnoozedUntil ?? row.SnoozedUntil,
            Priority = patch.Priority ?? row.Priority,
            AssigneeId = patch.AssigneeId is { } who ? who == Guid.Empty ? null : who : row.AssigneeId,
            AssigneeName = patch.AssigneeId is { } whose ? Directory.Members.FirstOrDefault(m => m.UserId == whose)?.Name : row.AssigneeName,
            Labels = patch.Labels is { } labels ? [.. Directory.Labels.Where(l => labels.Contains(l.Id))] : row.Labels,
        });
        return _rows[id].Version;
    }

    public async Task<Result<IReadOnlyDictionary<Guid, string?>>> PatchManyAsync(Actor actor, IReadOnlyList<Guid> ids, ConversationPatch patch, CancellationToken ct)
    {
        foreach (var id in ids)
        {
            await PatchAsync(actor, id, patch, ct);
        }

        return ids.ToDictionary(i => i, _ => (string?)null);
    }

    public Task<Result<Guid>> RetryAsync(Actor actor, Guid messageId, bool evenIfUnknown, CancellationToken ct)
    {
        Retries.Add((messageId, evenIfUnknown));
        return Task.FromResult((Result<Guid>)messageId);
    }

    public void Publish(IReadOnlyList<ChangeEvent> events)
    {
        foreach (var change in events)
        {
            foreach (var (_, handler) in _subscriptions.Where(s => s.Subject == change.Subject).ToArray())
            {
                handler(change).AsTask().GetAwaiter().GetResult();
            }
        }
    }

    public IDisposable Subscribe(Guid organizationId, string subject, Func<ChangeEvent, ValueTask> handler, Func<ValueTask>? onGap = null)
    {
        _subscriptions.Add((subject, handler));
        return new Ending(() => _subscriptions.Remove((subject, handler)));
    }

    public IDisposable OnGap(Func<ValueTask> handler) => new Ending(() => { });

    private ConversationItem Item(ConversationRow row) =>
        new(row, _read[row.Id], _drafts.TryGetValue((row.Id, "reply"), out var draft) && draft.Text.Length > 0 ? draft.Text : null);

    private sealed class Ending(Action end) : IDisposable
    {
        public void Dispose() => end();
    }
}
