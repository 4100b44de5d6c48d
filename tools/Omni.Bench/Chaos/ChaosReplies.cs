using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using Npgsql;
using Omni.Core.Common;

namespace Omni.Bench.Chaos;

/// <summary>Teams that answer by the API. A reply that was not acknowledged is sent again under the same client id.</summary>
/// <param name="rig">Where to.</param>
internal sealed class ChaosReplies(ChaosRig rig)
{
    private const int Teams = 3; // of each organization, each answering people of its own

    private readonly ConcurrentDictionary<(Guid Organization, string Phone), Guid> _conversations = new();
    private readonly ConcurrentQueue<SentReply> _replies = new();
    private readonly ConcurrentDictionary<string, long> _refused = new();
    private volatile bool _isOver;

    /// <summary>Replies so far.</summary>
    internal IReadOnlyCollection<SentReply> Replies => _replies;

    /// <summary>Requests that were not answered 2xx, by status; 0 without an answer.</summary>
    internal IReadOnlyDictionary<string, long> Refused => _refused;

    /// <summary>Conversations that are known.</summary>
    internal IReadOnlyCollection<KeyValuePair<(Guid Organization, string Phone), Guid>> Conversations => _conversations;

    /// <summary>Answers until <see cref="End"/>, then until everything begun is acknowledged.</summary>
    internal Task RunAsync(CancellationToken ct) =>
        Task.WhenAll([LookAsync(ct), .. rig.Tenants.SelectMany(tenant => Enumerable.Range(0, Teams).Select(team => AnswerAsync(tenant, team, ct)))]);

    /// <summary>No new replies.</summary>
    internal void End() => _isOver = true;

    private async Task AnswerAsync(ChaosTenant tenant, int team, CancellationToken ct)
    {
        var random = new Random((rig.Plan.Seed * 100_019) + (tenant.Index * 1_009) + team);
        var numbers = new Dictionary<int, int>();
        while (!_isOver)
        {
            await Task.Delay(TimeSpan.FromSeconds(random.NextDouble() * 2), ct);
            var person = (random.Next(rig.Plan.People) / Teams * Teams) + team;
            if (!_conversations.TryGetValue((tenant.OrganizationId, tenant.Phone(person)), out var conversation))
            {
                continue;
            }

            var number = numbers[person] = numbers.GetValueOrDefault(person) + 1;
            var reply = new SentReply(tenant, person, number, OmniId.New(), $"{tenant.Mark}p{person}r{number}");
            _replies.Enqueue(reply);
            await UntilTakenAsync(reply, conversation, ct);
        }
    }

    private async Task UntilTakenAsync(SentReply reply, Guid conversation, CancellationToken ct)
    {
        while (true)
        {
            var status = await PostAsync(reply, conversation, ct);
            if (status is >= 200 and < 300)
            {
                reply.Acknowledged = true;
                return;
            }

            _refused.AddOrUpdate($"{status}", 1, (_, n) => n + 1);
            await Task.Delay(TimeSpan.FromMilliseconds(300), ct);
        }
    }

    private async Task<int> PostAsync(SentReply reply, Guid conversation, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(rig.AnyNode().Address, $"/api/v1/conversations/{conversation}/messages"))
        {
            Content = JsonContent.Create(new { text = reply.Text, clientId = reply.ClientId }),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", reply.Tenant.Token);
        request.Headers.Add("X-Forwarded-For", $"10.8.0.{1 + (reply.Tenant.Index % 200)}");
        try
        {
            using var answer = await rig.Http.SendAsync(request, ct);
            return (int)answer.StatusCode;
        }
        catch (Exception broken) when (broken is HttpRequestException or IOException || (broken is OperationCanceledException && !ct.IsCancellationRequested))
        {
            return 0;
        }
    }

    /// <summary>Learns which conversations there are.</summary>
    private async Task LookAsync(CancellationToken ct)
    {
        while (!_isOver)
        {
            try
            {
                await using var connection = new NpgsqlConnection(rig.Owner);
                await connection.OpenAsync(ct);
                await using var command = new NpgsqlCommand(
                    "select c.organization_id, i.external_id, c.id from conversations c join contact_identities i on i.organization_id = c.organization_id and i.contact_id = c.contact_id", connection);
                await using var reader = await command.ExecuteReaderAsync(ct);
                while (await reader.ReadAsync(ct))
                {
                    _conversations[(reader.GetGuid(0), reader.GetString(1))] = reader.GetGuid(2);
                }
            }
            catch (NpgsqlException)
            {
                // the database is away just now; it is asked again
            }

            await Task.Delay(TimeSpan.FromSeconds(1), ct);
        }
    }
}
