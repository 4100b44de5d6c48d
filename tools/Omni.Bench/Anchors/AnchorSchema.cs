namespace Omni.Bench.Anchors;

/// <summary>The least tables that a durable delivery and a whole inbound message can do with.</summary>
internal static class AnchorSchema
{
    /// <summary>Makes the tables and the function that applies many messages at once.</summary>
    internal const string Sql = """
        create table delivery (id bigint generated always as identity primary key, number text not null, external_id text not null, received_at timestamptz not null default now(), body text not null);
        create unique index on delivery (number, external_id);
        create table event (id bigint generated always as identity primary key, number text not null, external_id text not null, received_at timestamptz not null default now(), body text not null);
        create unique index on event (number, external_id);
        create table contact (id bigint generated always as identity primary key, number text not null, uid text not null, last_seen timestamptz not null default now());
        create unique index on contact (number, uid);
        create table conversation (id bigint generated always as identity primary key, number text not null, contact_id bigint not null, status smallint not null default 0, unread int not null, last_at timestamptz not null default now(), preview text);
        create unique index on conversation (number, contact_id);
        create index on conversation (number, status, last_at desc, id desc);
        create table message (id bigint generated always as identity primary key, number text not null, conversation_id bigint not null, external_id text not null, text text, at timestamptz not null default now());
        create unique index on message (number, external_id);
        create index on message (conversation_id, id desc);

        create function apply(numbers text[], ids text[], uids text[], texts text[], bodies text[]) returns void language sql as $$
          with i as (select * from unnest(numbers, ids, uids, texts, bodies) with ordinality as x (number, id, uid, text, body, place)),
          e as (insert into event (number, external_id, body) select number, id, body from i order by place on conflict do nothing returning number, external_id),
          f as (select i.* from i join e on e.number = i.number and e.external_id = i.id),
          c as (insert into contact (number, uid) select distinct number, uid from f order by 1, 2
                on conflict (number, uid) do update set last_seen = now() returning id, number, uid),
          v as (insert into conversation (number, contact_id, unread, preview)
                select f.number, c.id, count(*), (array_agg(f.text order by f.place desc))[1] from f join c using (number, uid) group by 1, 2 order by 1, 2
                on conflict (number, contact_id) do update set unread = conversation.unread + excluded.unread, last_at = now(), preview = excluded.preview, status = 0
                returning id, number, contact_id)
          insert into message (number, conversation_id, external_id, text)
          select f.number, v.id, f.id, f.text from f join c using (number, uid) join v on v.number = f.number and v.contact_id = c.id order by f.place
          on conflict do nothing
        $$;
        """;
}
