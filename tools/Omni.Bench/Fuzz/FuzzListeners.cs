using System.Collections.Concurrent;
using System.Text;

namespace Omni.Bench.Fuzz;

/// <summary>Streams that the attacker's side keeps open while things happen in the other organization.</summary>
internal sealed class FuzzListeners(FuzzWorld world) : IAsyncDisposable
{
    private readonly CancellationTokenSource _over = new();
    private readonly ConcurrentDictionary<string, StringBuilder> _heard = [];
    private readonly List<Task> _open = [];

    /// <summary>How many streams stand.</summary>
    internal int Count => _heard.Count;

    /// <summary>Everything that came, by stream.</summary>
    internal IEnumerable<(string Stream, string Text)> Heard
    {
        get
        {
            foreach (var (stream, text) in _heard)
            {
                lock (text)
                {
                    yield return (stream, text.ToString());
                }
            }
        }
    }

    /// <summary>Opens every kind of stream there is, own and foreign subjects, from now and from the other organization's places.</summary>
    internal async Task OpenAsync(CancellationToken ct)
    {
        var (mine, theirs) = (world.Attacker.Pools, world.Victim.Pools);
        foreach (var caller in world.Callers)
        {
            foreach (var subjects in new[]
            {
                "", "organization", "user:me", $"conversation:{mine.Of("conversations")[0]}", $"conversation:{theirs.Of("conversations")[0]}", $"user:{theirs.Of("members")[0]}",
                $"sandbox:{theirs.Of("sandbox")[0]}", $"organization,conversation:{theirs.Of("conversations")[1]}", $"organization:{world.Victim.Id}",
            })
            {
                await OpenAsync($"{caller.Name} {subjects}", $"/api/v1/events?subjects={subjects}", caller.Headers, ct);
            }

            await OpenAsync($"{caller.Name} with their organization", "/api/v1/events", caller.Headers.Append(new("X-Organization-Id", world.Victim.Id.ToString())), ct);
        }

        var visitor = world.Attacker.VisitorTokens[0];
        await OpenAsync("visitor", $"/widget/{world.Attacker.SiteKey}/events", [new("X-Omni-Visitor", visitor)], ct);
        await OpenAsync("visitor at the other chat", $"/widget/{world.Victim.SiteKey}/events", [new("X-Omni-Visitor", visitor)], ct);
        await OpenAsync("their visitor at our chat", $"/widget/{world.Attacker.SiteKey}/events", [new("X-Omni-Visitor", world.Victim.VisitorTokens[0])], ct);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        await Task.WhenAll(_open);
        _over.Dispose();
    }

    private async Task OpenAsync(string name, string path, IEnumerable<KeyValuePair<string, string>> headers, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        foreach (var (header, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(header, value);
        }

        var answer = await world.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
        var text = _heard.GetOrAdd(name, _ => new StringBuilder());
        _open.Add(Task.Run(async () =>
        {
            using (answer)
            {
                try
                {
                    await using var content = await answer.Content.ReadAsStreamAsync(_over.Token);
                    var buffer = new byte[16_384];
                    for (int read; (read = await content.ReadAsync(buffer, _over.Token)) > 0;)
                    {
                        lock (text)
                        {
                            text.Append(Encoding.Latin1.GetString(buffer, 0, read));
                        }
                    }
                }
                catch (OperationCanceledException) when (_over.IsCancellationRequested)
                {
                    // heard enough
                }
            }
        }, CancellationToken.None));
    }
}
