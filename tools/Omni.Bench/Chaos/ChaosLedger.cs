using Npgsql;
using Omni.Bench.Rig;

namespace Omni.Bench.Chaos;

/// <summary>Holds what was sent against the database and the platform.</summary>
/// <param name="rig">Where to look.</param>
/// <param name="load">What people sent.</param>
/// <param name="replies">What teams sent.</param>
/// <param name="findings">Takes what is wrong.</param>
internal sealed class ChaosLedger(ChaosRig rig, ChaosLoad load, ChaosReplies replies, Findings findings)
{
    private const string Lost = "lost";
    private const string Doubled = "doubled";
    private const string OutOfOrder = "outOfOrder";
    private const string Foreign = "foreign";
    private const string Stuck = "stuck";
    private const string Ghosts = "ghosts";

    /// <summary>Replies whose answer was lost and of which no state ever told: a person has to decide about them.</summary>
    internal int Unknown { get; private set; }

    /// <summary>Waits until nothing is under way any more, at most for the plan's time.</summary>
    internal async Task SettleAsync(CancellationToken ct)
    {
        for (var clock = System.Diagnostics.Stopwatch.StartNew(); clock.Elapsed < rig.Plan.Settles && await UnderWayAsync(ct) > 0;)
        {
            await Task.Delay(200, ct);
        }
    }

    /// <summary>Judges.</summary>
    internal async Task<LedgerVerdict> JudgeAsync(CancellationToken ct)
    {
        var stored = await ReadAsync(ct);
        JudgeIncoming([.. stored.Where(m => m.Incoming)]);
        JudgeOutgoing([.. stored.Where(m => !m.Incoming)]);
        JudgePlatform();
        await JudgeTablesAsync(ct);
        return new LedgerVerdict(findings.Count(Lost), findings.Count(Doubled), findings.Count(OutOfOrder), findings.Count(Foreign), findings.Count(Stuck), findings.Count(Ghosts));
    }

    private Task<long> UnderWayAsync(CancellationToken ct) => BenchDatabase.CountAsync(
        rig.Owner,
        """
        select (select count(*) from inbound_queue where state in ('pending', 'failed')) + (select count(*) from outbox) + (select count(*) from pending_updates)
          + (select count(*) from messages where direction = 'out' and status in ('queued', 'sending', 'sent', 'delivered'))
        """,
        ct);

    private void JudgeIncoming(List<StoredMessage> stored)
    {
        var messages = load.Events.Where(e => e.Edits is null).ToDictionary(e => e.Mark);
        var edits = load.Events.Where(e => e.Edits is not null).ToDictionary(e => e.Edits!.Mark);
        var rows = stored.ToLookup(m => m.Key);
        foreach (var row in stored)
        {
            if (!messages.TryGetValue(row.Key, out var sent) || (row.Text != sent.Text && row.Text != edits.GetValueOrDefault(sent.Mark)?.Text))
            {
                findings.Add(Ghosts, $"incoming {row.Text}");
            }
            else if (row.OrganizationId != sent.Tenant.OrganizationId)
            {
                findings.Add(Foreign, $"{row.Text} in {row.OrganizationId}");
            }
            else if (row.Phone != sent.Tenant.Phone(sent.Person))
            {
                findings.Add(Ghosts, $"{row.Text} in the conversation with {row.Phone}");
            }
        }

        foreach (var sent in messages.Values)
        {
            var found = rows[sent.Mark].ToList();
            findings.Add(Doubled, $"{sent.Mark} has {found.Count} rows", found.Count - 1);
            if (sent.Acknowledged == 0)
            {
                findings.Add(Stuck, $"{sent.Mark} was never acknowledged");
            }
            else if (found.Count == 0)
            {
                findings.Add(Lost, sent.Mark);
            }
            else if (edits.GetValueOrDefault(sent.Mark) is { Acknowledged: > 0 } edit && found[0].Text != edit.Text)
            {
                findings.Add(Lost, $"edit {edit.Mark}");
            }
        }

        foreach (var conversation in stored.Where(m => messages.ContainsKey(m.Key)).GroupBy(m => m.ConversationId))
        {
            JudgeOrder([.. conversation.OrderBy(m => m.Position).ThenBy(m => m.Seq).Select(m => messages[m.Key])]);
        }
    }

    /// <summary>On the screen a message stands after those of earlier seconds, and within a second after those that were acknowledged before it was sent.</summary>
    private void JudgeOrder(List<SentEvent> shown)
    {
        for (var i = 1; i < shown.Count; i++)
        {
            for (var before = i - 1; before >= 0 && before > i - 20; before--)
            {
                var (above, below) = (shown[before], shown[i]);
                if (above.Second > below.Second || (above.Second == below.Second && below.Acknowledged > 0 && below.Acknowledged < above.FirstSent))
                {
                    findings.Add(OutOfOrder, $"{above.Mark} ({above.Second}) above {below.Mark} ({below.Second})");
                }
            }
        }
    }

    private void JudgeOutgoing(List<StoredMessage> stored)
    {
        var sent = replies.Replies.ToDictionary(r => r.Text);
        var taken = rig.Platform.Simulator.Ledger.Sends.Select(s => s.Text).OfType<string>().ToHashSet();
        foreach (var row in stored)
        {
            if (!sent.TryGetValue(row.Text, out var reply) || row.ClientId != reply.ClientId)
            {
                findings.Add(Ghosts, $"reply {row.Text}");
            }
            else if (row.OrganizationId != reply.Tenant.OrganizationId || row.Phone != reply.Tenant.Phone(reply.Person))
            {
                findings.Add(Foreign, $"reply {row.Text} in {row.OrganizationId}, to {row.Phone}");
            }
            else if (taken.Contains(row.Text) ? row.Status != "read" : row.Status is not ("unknown" or "failed"))
            {
                findings.Add(row.Status is "sent" or "delivered" or "read" && !taken.Contains(row.Text) ? Ghosts : Stuck, $"reply {row.Text} is {row.Status}, {(taken.Contains(row.Text) ? "read" : "unknown")} at the platform");
            }

            Unknown += row.Status == "unknown" ? 1 : 0;
        }

        var rows = stored.ToLookup(m => m.Text);
        foreach (var reply in sent.Values)
        {
            findings.Add(Doubled, $"reply {reply.Text} has {rows[reply.Text].Count()} rows", rows[reply.Text].Count() - 1);
            if (!reply.Acknowledged)
            {
                findings.Add(Stuck, $"reply {reply.Text} was never acknowledged");
            }
            else if (!rows.Contains(reply.Text))
            {
                findings.Add(Lost, $"reply {reply.Text}");
            }
        }
    }

    private void JudgePlatform()
    {
        var sent = replies.Replies.ToDictionary(r => r.Text);
        var last = new Dictionary<(ChaosTenant Tenant, int Person), int>();
        var seen = new HashSet<string>();
        foreach (var send in rig.Platform.Simulator.Ledger.Sends)
        {
            if (send.Text is not { } text || !sent.TryGetValue(text, out var reply))
            {
                findings.Add(Ghosts, $"the platform was given {send.Text}");
                continue;
            }

            if (send.AccountId != reply.Tenant.Account.PhoneNumberId || send.Recipient != reply.Tenant.Phone(reply.Person))
            {
                findings.Add(Foreign, $"the platform was given {text} from {send.AccountId} to {send.Recipient}");
            }

            if (!seen.Add(text))
            {
                findings.Add(Doubled, $"the platform was given {text} again");
                continue;
            }

            var person = (reply.Tenant, reply.Person);
            if (last.GetValueOrDefault(person) > reply.Number)
            {
                findings.Add(OutOfOrder, $"the platform was given {text} after number {last[person]}");
            }

            last[person] = reply.Number;
        }
    }

    private async Task JudgeTablesAsync(CancellationToken ct)
    {
        var marks = string.Join(", ", rig.Tenants.Select(t => $"('{t.OrganizationId}'::uuid, '{t.Mark}')"));
        var anyMark = rig.Tenants[0].Mark[..^3];
        foreach (var (table, column) in new[] { ("messages", "text"), ("messages", "payload"), ("contacts", "name"), ("conversations", "last_message_preview"), ("pending_updates", "event"), ("change_events", "data"), ("notifications", "data"), ("channels", "name") })
        {
            if (await CountAsync($"select count(*) from information_schema.columns where table_name = '{table}' and column_name = '{column}'", ct) > 0)
            {
                await AddAsync(Foreign, $"{table}.{column}", $"select count(*) from {table} x join (values {marks}) t (id, mark) on t.id = x.organization_id where x.{column}::text like '%{anyMark}%' and x.{column}::text not like '%' || t.mark || '%'", ct);
            }
        }

        await AddAsync(Foreign, "inbound_queue", "select count(*) from inbound_queue q join channels c on c.id = q.channel_id where q.organization_id <> c.organization_id or q.account_id <> c.external_account_id", ct);
        await AddAsync(Foreign, "contact_identities", "select count(*) from contact_identities i join channels c on c.id = i.channel_id where i.organization_id <> c.organization_id", ct);
        await AddAsync(Doubled, "conversations of one person", "select coalesce(sum(n - 1), 0)::bigint from (select count(*) n from conversations group by organization_id, channel_id, contact_id, thread_key) x", ct);
        await AddAsync(Doubled, "contacts of one number", "select coalesce(sum(n - 1), 0)::bigint from (select count(*) n from contact_identities group by organization_id, channel_id, external_id) x", ct);
        await AddAsync(OutOfOrder, "conversations with a gap in seq", "select count(*) from conversations c where (select count(distinct seq) from messages m where m.organization_id = c.organization_id and m.conversation_id = c.id) <> c.last_seq", ct);
        await AddAsync(Stuck, "queue of deliveries", "select count(*) from inbound_queue where state <> 'processed'", ct);
        await AddAsync(Stuck, "outbox", "select count(*) from outbox", ct);
        await AddAsync(Stuck, "updates that wait for their message", "select count(*) from pending_updates", ct);
        var phones = string.Join(", ", rig.Tenants.SelectMany(t => Enumerable.Range(0, rig.Plan.People).Select(p => $"'{t.Phone(p)}'")));
        await AddAsync(Ghosts, "people", $"select count(*) from contact_identities where external_id not in ({phones})", ct);
    }

    private async Task AddAsync(string what, string where, string sql, CancellationToken ct)
    {
        var count = (int)await CountAsync(sql, ct);
        findings.Add(what, $"{where}: {count}", count);
    }

    private Task<long> CountAsync(string sql, CancellationToken ct) => BenchDatabase.CountAsync(rig.Owner, sql, ct);

    private async Task<List<StoredMessage>> ReadAsync(CancellationToken ct)
    {
        var stored = new List<StoredMessage>();
        await using var connection = new NpgsqlConnection(rig.Owner);
        await connection.OpenAsync(ct);
        await using var command = new NpgsqlCommand(
            """
            select m.organization_id, m.conversation_id, m.seq, m.position, m.direction = 'in', m.external_id, m.client_id, coalesce(m.text, ''), m.status,
              coalesce((select min(i.external_id) from conversations c join contact_identities i on i.organization_id = c.organization_id and i.contact_id = c.contact_id
                where c.organization_id = m.organization_id and c.id = m.conversation_id), '')
            from messages m where m.kind = 'message'
            """,
            connection) { CommandTimeout = 300 };
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            stored.Add(new StoredMessage(
                reader.GetGuid(0), reader.GetGuid(1), reader.GetInt32(2), reader.GetInt64(3), reader.GetBoolean(4), reader.IsDBNull(5) ? null : reader.GetString(5),
                reader.IsDBNull(6) ? null : reader.GetGuid(6), reader.GetString(7), reader.GetString(8), reader.GetString(9)));
        }

        return stored;
    }
}
