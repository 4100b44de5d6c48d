using System.Net.Http.Headers;

namespace Omni.Bench.Chaos;

/// <summary>Owners who ask the API for what is not theirs. Every byte of every answer is searched for other organizations' marks.</summary>
/// <param name="rig">Where to ask.</param>
/// <param name="replies">Knows the ids of conversations.</param>
/// <param name="findings">Takes what is wrong.</param>
internal sealed class ForeignReads(ChaosRig rig, ChaosReplies replies, Findings findings)
{
    private static readonly string[] Lists =
        ["conversations?limit=200", "conversations/counts", "contacts?limit=200", "channels", "labels", "members", "webhook-events", "audit-log", "notifications", "organizations/current"];

    private volatile bool _isOver;

    /// <summary>Answers that were searched.</summary>
    internal int Searched { get; private set; }

    /// <summary>Asks until <see cref="End"/>, then once more about everything.</summary>
    internal async Task RunAsync(CancellationToken ct)
    {
        var random = new Random(rig.Plan.Seed + 3);
        while (!_isOver)
        {
            var tenant = rig.Tenants[random.Next(rig.Tenants.Count)];
            await AskAsync(tenant, Paths(tenant, random).ElementAt(random.Next(Lists.Length + 4)), ct);
            await Task.Delay(100, ct);
        }

        foreach (var tenant in rig.Tenants)
        {
            foreach (var path in Paths(tenant, random))
            {
                await AskAsync(tenant, path, ct);
            }
        }
    }

    /// <summary>The load is over.</summary>
    internal void End() => _isOver = true;

    private IEnumerable<string> Paths(ChaosTenant tenant, Random random)
    {
        var other = rig.Tenants[(tenant.Index + 1 + random.Next(rig.Tenants.Count - 1)) % rig.Tenants.Count];
        var theirs = replies.Conversations.Where(c => c.Key.Organization == other.OrganizationId).Select(c => c.Value).Append(Guid.Empty).First();
        return
        [
            .. Lists, $"search?q={other.Mark}", $"conversations/{theirs}", $"conversations/{theirs}/messages", $"channels/{other.ChannelId}",
        ];
    }

    private async Task AskAsync(ChaosTenant tenant, string path, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(rig.AnyNode().Address, $"/api/v1/{path}"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", tenant.Token);
        request.Headers.Add("X-Forwarded-For", $"10.9.0.{1 + (tenant.Index % 200)}");
        try
        {
            using var answer = await rig.Http.SendAsync(request, ct);
            var text = await answer.Content.ReadAsStringAsync(ct);
            Searched++;
            var echoes = path.StartsWith("search", StringComparison.Ordinal) && !answer.IsSuccessStatusCode; // an error may repeat the question
            if (!echoes && rig.Tenants.Find(other => other != tenant && text.Contains(other.Mark, StringComparison.Ordinal)) is { } other)
            {
                findings.Add("foreign", $"{path} shows {tenant.Mark} what belongs to {other.Mark}");
            }
        }
        catch (Exception broken) when (broken is HttpRequestException or IOException || (broken is OperationCanceledException && !ct.IsCancellationRequested))
        {
            // the program is away just now
        }
    }
}
