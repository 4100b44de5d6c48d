using Npgsql;
using Omni.Bench.Rig;

namespace Omni.Bench.Scale;

/// <summary>One organization and what there is to ask for in it.</summary>
/// <param name="OrganizationId">The organization.</param>
/// <param name="UserId">The person who reads.</param>
/// <param name="ChannelId">A channel.</param>
/// <param name="LabelId">A label.</param>
/// <param name="ContactId">A person who wrote.</param>
/// <param name="DeepAt">Where a page far down the list begins.</param>
/// <param name="DeepId">The same: the conversation there.</param>
/// <param name="Conversations">Conversations to open.</param>
/// <param name="Rare">Words that few messages have.</param>
/// <param name="Common">Words that about one in forty messages has.</param>
/// <param name="Pairs">Two words.</param>
/// <param name="Phrases">Two words next to each other, in quotes.</param>
internal sealed record ScalePlace(
    Guid OrganizationId, Guid UserId, Guid ChannelId, Guid LabelId, Guid ContactId, DateTimeOffset DeepAt, Guid DeepId,
    IReadOnlyList<Guid> Conversations, IReadOnlyList<string> Rare, IReadOnlyList<string> Common, IReadOnlyList<string> Pairs, IReadOnlyList<string> Phrases)
{
    /// <summary>Reads it.</summary>
    /// <param name="database">The server.</param>
    /// <param name="organization">Number of the organization, 1 for the largest.</param>
    /// <param name="ct">Gives up.</param>
    internal static async Task<ScalePlace> ReadAsync(BenchDatabase database, int organization, CancellationToken ct)
    {
        await using var source = NpgsqlDataSource.Create(database.AsSuperuser(BenchDatabase.Product));
        async Task<T> OneAsync<T>(string sql)
        {
            await using var command = source.CreateCommand(sql);
            return (T)(await command.ExecuteScalarAsync(ct))!;
        }

        var open = $"from conversations where organization_id = bench_fixed(1, {organization}) and status = 'open'";
        var deep = await OneAsync<long>($"select count(*) * 7 / 10 {open}");
        var deepId = await OneAsync<Guid>($"select id {open} order by last_activity_at desc, id desc offset {deep} limit 1");
        return new ScalePlace(
            await OneAsync<Guid>($"select bench_fixed(1, {organization})"),
            await OneAsync<Guid>($"select bench_fixed(2, {organization * 20})"),
            await OneAsync<Guid>($"select bench_fixed(3, {(organization * 4) - 1})"),
            await OneAsync<Guid>($"select bench_fixed(4, {(organization * 6) - 1})"),
            await OneAsync<Guid>($"select contact_id {open} limit 1"),
            new DateTimeOffset(await OneAsync<DateTime>($"select last_activity_at from conversations where id = '{deepId}'")),
            deepId,
            await OneAsync<Guid[]>($"select array_agg(id) from (select id {open} order by md5(id::text) limit 200) x"),
            await OneAsync<string[]>("select array_agg(w) from (select w from bench_word where n between 8000 and 39999 and length(w) > 4 order by md5(w) limit 200) x"),
            await OneAsync<string[]>("select array_agg(w) from (select w from bench_word where n between 4 and 40 and length(w) > 2) x"),
            await OneAsync<string[]>("select array_agg(w) from (select split_part(t, ' ', 3) || ' ' || split_part(t, ' ', 9) as w from bench_phrase order by md5(t) limit 200) x"),
            await OneAsync<string[]>("select array_agg(w) from (select '\"' || split_part(t, ' ', 5) || ' ' || split_part(t, ' ', 6) || '\"' as w from bench_phrase order by md5(t) limit 200) x"));
    }
}
