using System.Text.Json.Nodes;
using Npgsql;
using Omni.Core.Identity;
using Omni.Core.Notifications;
using Omni.Infrastructure.Data;

namespace Omni.Infrastructure.Notifications;

/// <summary>Letters about what people have not seen. A letter claims its notifications by a later time of their own: one that gets lost is written again then, and one that was sent is marked.</summary>
internal sealed class Digests(NpgsqlDataSource source, IMailer mailer, IPublicAddress address, TimeProvider clock) : IDigests
{
    private const int MostPeople = 500;

    /// <summary>When the daily letter goes, by the person's clock.</summary>
    private static readonly TimeOnly DailyAt = new(8, 0);

    // The mail server's own tries end well before.
    private static readonly TimeSpan Claim = TimeSpan.FromMinutes(30);

    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    // People who left, whose organization is suspended or whose address is not proved get nothing.
    private const string PeopleSql = """
        select n.organization_id, n.user_id, max(u.email), max(u.settings::text), max(o.name), min(n.created_at),
          (select max(d.mailed_at) from notifications d where d.organization_id = n.organization_id and d.user_id = n.user_id)
        from notifications n
          join users u on u.id = n.user_id and u.email is not null and u.email_confirmed
          join memberships b on b.organization_id = n.organization_id and b.user_id = n.user_id
          join organizations o on o.id = n.organization_id and o.status = 'active'
        where n.mail_at <= $1 and n.mailed_at is null and n.read_at is null and n.mail_at is not null and n.created_at > $2
        group by n.organization_id, n.user_id order by min(n.mail_at) limit $3
        """;

    private const string LetterSql = $"""
        with claimed as (
          update notifications set mail_at = $4 where organization_id = $1 and user_id = $2 and mail_at <= $3 and mailed_at is null and read_at is null
          returning id)
        select {NotificationSql.Columns} from notifications n join claimed on claimed.id = n.id {NotificationSql.Joins}
        where n.organization_id = $1 order by n.id
        """;

    public async Task<int> SendDueAsync(CancellationToken ct)
    {
        if (!mailer.IsConfigured)
        {
            return 0;
        }

        var now = clock.GetUtcNow();
        var letters = 0;
        foreach (var person in await PeopleAsync(now, ct))
        {
            if (IsTime(person, now) && await WriteAsync(person, now, ct))
            {
                letters++;
            }
        }

        return letters;
    }

    /// <summary>Whether a letter may go to the person now.</summary>
    internal static bool IsTime(DigestPerson person, DateTimeOffset now)
    {
        if (person.Settings.IsQuiet(now))
        {
            return false;
        }

        if (person.Settings.Digest == "hourly")
        {
            return person.LastMailed is not { } last || now - last >= Hour;
        }

        // The daily letter: at the first look after eight o'clock, about everything that waited then.
        var zone = person.Settings.Zone is { } name && TimeZoneInfo.TryFindSystemTimeZoneById(name, out var found) ? found : TimeZoneInfo.Utc;
        var local = TimeZoneInfo.ConvertTime(now, zone);
        var at = local.Date + DailyAt.ToTimeSpan() - (TimeOnly.FromTimeSpan(local.TimeOfDay) < DailyAt ? TimeSpan.FromDays(1) : TimeSpan.Zero);
        var due = new DateTimeOffset(at, zone.GetUtcOffset(at));
        return person.Oldest <= due && (person.LastMailed is not { } before || before < due);
    }

    private async Task<List<DigestPerson>> PeopleAsync(DateTimeOffset now, CancellationToken ct)
    {
        await using var batch = source.CreateBatch();
        batch.BatchCommands.Add(Walls.AsWorker());
        batch.BatchCommands.Add(new NpgsqlBatchCommand(PeopleSql) { Parameters = { new() { Value = now }, new() { Value = now.AddDays(-7) }, new() { Value = MostPeople } } });
        await using var reader = await batch.ExecuteReaderAsync(ct);
        await reader.NextResultAsync(ct);
        var people = new List<DigestPerson>();
        while (await reader.ReadAsync(ct))
        {
            people.Add(new DigestPerson(
                reader.GetGuid(0), reader.GetGuid(1), reader.GetString(2), NotificationSettings.Of(JsonNode.Parse(reader.GetString(3)) as JsonObject ?? []),
                reader.GetString(4), reader.GetFieldValue<DateTimeOffset>(5), reader.Time(6)));
        }

        return people;
    }

    private async Task<bool> WriteAsync(DigestPerson person, DateTimeOffset now, CancellationToken ct)
    {
        var waiting = new List<NotificationView>();
        await using (var batch = source.CreateBatch())
        {
            batch.BatchCommands.Add(Walls.As(person.OrganizationId));
            batch.BatchCommands.Add(new NpgsqlBatchCommand(LetterSql)
            {
                Parameters = { new() { Value = person.OrganizationId }, new() { Value = person.UserId }, new() { Value = now }, new() { Value = now + Claim } },
            });
            await using var reader = await batch.ExecuteReaderAsync(ct);
            await reader.NextResultAsync(ct);
            while (await reader.ReadAsync(ct))
            {
                waiting.Add(NotificationSql.Read(reader));
            }
        }

        if (waiting.Count == 0)
        {
            return false; // seen, or another node was faster
        }

        var ids = waiting.Select(n => n.Id).ToArray();
        mailer.Enqueue(DigestLetter.Write(person, waiting, address) with { OnMailed = mailed => MailedAsync(person, ids, mailed) });
        return true;
    }

    private async Task MailedAsync(DigestPerson person, Guid[] ids, CancellationToken ct)
    {
        await using var batch = source.CreateBatch();
        batch.BatchCommands.Add(Walls.As(person.OrganizationId));
        batch.BatchCommands.Add(new NpgsqlBatchCommand("update notifications set mailed_at = $3 where organization_id = $1 and id = any ($2)")
        {
            Parameters = { new() { Value = person.OrganizationId }, new() { Value = ids }, new() { Value = clock.GetUtcNow() } },
        });
        await batch.ExecuteNonQueryAsync(ct);
    }
}

/// <summary>Somebody with something unseen.</summary>
internal sealed record DigestPerson(
    Guid OrganizationId, Guid UserId, string Email, NotificationSettings Settings, string Organization, DateTimeOffset Oldest, DateTimeOffset? LastMailed);
