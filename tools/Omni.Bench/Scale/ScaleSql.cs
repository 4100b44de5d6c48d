namespace Omni.Bench.Scale;

/// <summary>Makes a large installation by set-based statements. The same sizes give the same rows on every machine.</summary>
internal static class ScaleSql
{
    /// <summary>Organizations; the first has about a fifth of everything, the median one less than a hundredth.</summary>
    internal const int Organizations = 100;

    /// <summary>Ids that rise with time, as the program's own do: milliseconds, then a number.</summary>
    internal const string Functions = """
        create or replace function bench_id(at bigint, number bigint) returns uuid language sql immutable parallel safe as $$
          select (lpad(to_hex(at), 12, '0') || '70008' || lpad(to_hex(number), 15, '0'))::uuid $$;
        create or replace function bench_fixed(kind bigint, number bigint) returns uuid language sql immutable parallel safe as $$
          select bench_id(1767225600000 + kind * 3600000, number) $$;
        -- Indexes rest while a table is filled, until it is reindexed: a whole index is made ten times faster than row by row.
        create or replace procedure bench_rest(tables regclass[]) language sql as $$ update pg_index set indisready = false where indrelid = any (tables) $$;
        """;

    /// <summary>Steps in order, each one transaction. They run as the superuser: foreign keys are not checked, indexes are filled at the end.</summary>
    /// <param name="conversations">Conversations, a contact each.</param>
    /// <param name="messages">Messages, over 300 days.</param>
    /// <param name="end">When the last one was sent, in ms.</param>
    internal static IEnumerable<(string Name, string Sql)> Steps(long conversations, long messages, long end)
    {
        var start = $"({end} - 25920000000)";
        var length = $"25920000000 / {messages}"; // 300 days
        yield return ("words", """
            select setseed(0.42);
            create unlogged table bench_word as
              select g as n, string_agg(chr(97 + floor(random() * 26)::int), '') as w from generate_series(0, 39999) g, generate_series(1, 3 + g % 7) k group by g;
            alter table bench_word add primary key (n);
            create unlogged table bench_phrase as
              select p as n, string_agg(w, ' ' order by k) as t
              from (select p, k, floor(40000 * power(random(), 3))::int as wn from generate_series(0, 19999) p, generate_series(1, 12) k) x join bench_word on bench_word.n = x.wn group by p;
            alter table bench_phrase add primary key (n);
            analyze bench_word, bench_phrase;
            """);
        yield return ("organizations", $"""
            insert into organizations (id, name, slug, plan, status, time_zone, locale, theme_mode, data_key, created_at, version)
              select bench_fixed(1, g), 'Organization ' || g, 'organization-' || g, 'free', 'active', 'UTC', 'en', 'system', '\x00', now(), 1 from generate_series(1, {Organizations}) g;
            insert into users (id, display_name, kind, is_installation_administrator, settings, created_at, email_confirmed, phone_number_confirmed, two_factor_enabled, lockout_enabled, access_failed_count)
              select bench_fixed(2, g), 'Person ' || g, 'human', false, jsonb_build_object(), now(), true, false, false, false, 0 from generate_series(1, {Organizations} * 20) g;
            insert into memberships (organization_id, user_id, role, availability, joined_at)
              select bench_fixed(1, 1 + (g - 1) / 20), bench_fixed(2, g), 'agent', 'available', now() from generate_series(1, {Organizations} * 20) g;
            insert into channels (id, organization_id, kind, name, external_account_id, display_name, status, sandbox, credentials, credential_hints, settings, created_at, version)
              select bench_fixed(3, g), bench_fixed(1, 1 + (g - 1) / 4), (array['whatsapp', 'messenger', 'instagram', 'telegram'])[1 + g % 4], 'Channel ' || g, 'account' || g, 'Channel ' || g, 'connected',
                false, '\x00', jsonb_build_object(), jsonb_build_object(), now(), 1 from generate_series(1, {Organizations} * 4) g;
            insert into labels (id, organization_id, name, name_key, hue)
              select bench_fixed(4, g), bench_fixed(1, 1 + (g - 1) / 6), 'Label ' || g, 'label ' || g, 1 + g % 6 from generate_series(1, {Organizations} * 6) g;
            """);
        yield return ("plan", $"""
            select setseed(0.43);
            create unlogged table bench_conversation as
              select g as n, 1 + floor({Organizations} * power(random(), 3))::int as o, random() as r1, random() as r2, random() as r3 from generate_series(1, {conversations}) g;
            create unlogged table bench_message as
              select n, c, (row_number() over (partition by c order by n))::int as seq, (n * 7919 % 20000)::int as phrase, (n * 104729 % 40000)::int as word
              from (select g::bigint as n, 1 + floor({conversations} * power(random(), 1.7))::bigint as c from generate_series(1, {messages}) g offset 0) x;
            create unlogged table bench_last as select c, max(n) as n, max(seq) as seq from bench_message group by c;
            alter table bench_conversation add primary key (n);
            alter table bench_last add primary key (c);
            analyze bench_conversation, bench_message, bench_last;
            """);
        yield return ("contacts", $"""
            truncate contacts cascade;
            call bench_rest(array['contacts'::regclass]);
            insert into contacts (id, organization_id, name, name_is_ours, attributes, blocked, last_seen_at, created_at, version)
              select bench_fixed(5, c.n), bench_fixed(1, c.o), initcap(a.w || ' ' || b.w), false, jsonb_build_object(), false, now(), now(), 1
              from bench_conversation c join bench_word a on a.n = c.n % 39989 join bench_word b on b.n = c.n % 7919;
            """);
        yield return ("conversations", $"""
            truncate conversations cascade;
            call bench_rest(array['conversations'::regclass]);
            insert into conversations (id, organization_id, channel_id, contact_id, thread_key, status, priority, assignee_id, last_seq, last_unread_seq, last_position, last_out_position,
                last_inbound_at, window_until, waiting_since, snoozed_until, last_activity_at, last_message_id, last_message_direction, last_message_preview, last_message_status, created_at, version)
              select bench_fixed(6, c.n), bench_fixed(1, c.o), bench_fixed(3, c.o * 4 - c.n % 4), bench_fixed(5, c.n), '',
                case when c.r1 < 0.3 then 'open' when c.r1 < 0.35 then 'pending' when c.r1 < 0.38 then 'snoozed' when c.r1 < 0.99 then 'resolved' else 'spam' end,
                case when c.r2 < 0.9 then 'none' when c.r2 < 0.97 then 'medium' else 'high' end,
                case when c.r2 < 0.6 then bench_fixed(2, c.o * 20 - c.n % 20) end,
                coalesce(l.seq, 0), coalesce(l.seq, 0), x.ms, 0,
                x.at, x.at + interval '24 hours', case when c.r3 < 0.2 then x.at end, case when c.r1 >= 0.35 and c.r1 < 0.38 then now() + interval '1 day' end,
                x.at, bench_id(x.ms, l.n), case when l.n % 3 = 0 then 'out' else 'in' end, left(coalesce(p.t, ''), 80), case when l.n % 3 = 0 then 'read' else 'received' end, to_timestamp({start} / 1000.0), 1
              from bench_conversation c left join bench_last l on l.c = c.n
                left join bench_phrase p on p.n = l.n * 7919 % 20000
                cross join lateral (select {start} + coalesce(l.n, 0) * {length} as ms, to_timestamp(({start} + coalesce(l.n, 0) * {length}) / 1000.0) as at) x;
            """);
        yield return ("messages", $"""
            truncate messages cascade;
            call bench_rest(array['messages'::regclass]);
            insert into messages (id, organization_id, conversation_id, channel_id, seq, position, direction, kind, type, text, contact_id, author_id, source, external_id, status, error_retryable, platform_time, received_at, created_at)
              select bench_id(x.ms, m.n), bench_fixed(1, c.o), bench_fixed(6, m.c), bench_fixed(3, c.o * 4 - m.c % 4), m.seq, x.ms,
                case when m.n % 3 = 0 then 'out' else 'in' end, 'message', 'text', p.t || ' ' || w.w,
                case when m.n % 3 = 0 then null else bench_fixed(5, m.c) end, case when m.n % 3 = 0 then bench_fixed(2, c.o * 20 - m.n % 20) end, 'person', 'wamid.' || m.n,
                case when m.n % 3 = 0 then 'read' else 'received' end, false, x.at, x.at, x.at
              from bench_message m join bench_conversation c on c.n = m.c join bench_phrase p on p.n = m.phrase join bench_word w on w.n = m.word
                cross join lateral (select {start} + m.n * {length} as ms, to_timestamp(({start} + m.n * {length}) / 1000.0) as at) x
              order by m.n;
            """);
        yield return ("marks", """
            truncate read_pointers, conversation_labels;
            call bench_rest(array['read_pointers'::regclass, 'conversation_labels'::regclass]);
            insert into read_pointers (organization_id, user_id, conversation_id, last_read_seq)
              select bench_fixed(1, c.o), bench_fixed(2, c.o * 20), bench_fixed(6, c.n), coalesce(l.seq, 0) - case when c.r3 < 0.1 then 1 else 0 end
              from bench_conversation c left join bench_last l on l.c = c.n where c.r3 < 0.7;
            insert into conversation_labels (organization_id, label_id, conversation_id)
              select bench_fixed(1, c.o), bench_fixed(4, c.o * 6 - c.n % 6), bench_fixed(6, c.n) from bench_conversation c where c.r2 > 0.7;
            drop table bench_message, bench_last, bench_conversation;
            """);
    }
}
