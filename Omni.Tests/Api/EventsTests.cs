using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Omni.Core.Common;
using Omni.Core.Events;
using Omni.Core.Identity;
using Omni.Core.Inbox;
using Omni.Core.Tenancy;
using Omni.Tests.Support;

namespace Omni.Tests.Api;

public sealed class EventsTests(ApiHost host) : IClassFixture<ApiHost>, IDisposable
{
    private readonly HttpClient _ann = host.Client(host.Ann);

    public void Dispose() => _ann.Dispose();

    [Fact]
    public async Task The_stream_is_ready_at_once_and_tells_what_happens()
    {
        var talk = await host.GivenConversationAsync(host.Ann);
        await using var stream = await EventReader.OpenAsync(_ann, "/api/v1/events");
        await stream.WaitAsync(e => e.Name == "ready");

        await (await _ann.PostAsJsonAsync($"/api/v1/conversations/{talk.Id}/messages", new { kind = "note", text = "secret words" })).DataAsync(HttpStatusCode.Created);

        var created = await stream.WaitAsync(e => e.Name == "message.created");
        Assert.Equal("no-store, no-transform", stream.CacheControl);
        Assert.Equal("no", stream.Buffering);
        Assert.Equal("text/event-stream", stream.MediaType);
        var data = JsonNode.Parse(created.Data)!;
        Assert.Equal(["id", "name", "organizationId", "subject", "at", "data"], data.AsObject().Select(m => m.Key));
        Assert.Equal(($"conversation:{talk.Id}", host.Ann.OrganizationId.ToString()), ((string?)data["subject"], (string?)data["organizationId"]));
        Assert.DoesNotContain(stream.Events, e => e.Data.Contains("secret words", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_stream_that_was_cut_again_and_again_misses_nothing_and_gets_nothing_twice()
    {
        var talk = await host.GivenConversationAsync(host.Ann);
        var address = $"/api/v1/events?subjects=conversation:{talk.Id}";
        string? last;
        await using (var first = await EventReader.OpenAsync(_ann, address))
        {
            last = (await first.WaitAsync(e => e.Name == "ready")).Id;
        }

        var writing = Task.Run(async () =>
        {
            for (var i = 0; i < 40; i++)
            {
                await (await _ann.PostAsJsonAsync($"/api/v1/conversations/{talk.Id}/messages", new { kind = "note", text = $"{i}" })).DataAsync(HttpStatusCode.Created);
            }
        });
        var seqs = new List<int>();
        while (seqs.Count < 40)
        {
            await using var stream = await EventReader.OpenAsync(_ann, address, last);
            await stream.WaitAsync(e => e.Name == "message.created");
            foreach (var one in stream.Events.Where(e => e.Id is not null))
            {
                last = one.Id;
                if (one.Name == "message.created")
                {
                    seqs.Add((int)JsonNode.Parse(one.Data)!["data"]!["seq"]!);
                }
            }
        }

        await writing;
        Assert.Equal(Enumerable.Range(2, 40), seqs);
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("AAAAAAAAAAEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public async Task A_cursor_that_is_too_old_or_foreign_resets(string cursor)
    {
        await using var stream = await EventReader.OpenAsync(_ann, "/api/v1/events", cursor);

        var reset = await stream.WaitAsync(e => e.Name == "reset");

        Assert.NotEqual(cursor, reset.Id);
        Assert.False(string.IsNullOrEmpty(reset.Id));
    }

    [Fact]
    public async Task Typing_is_told_to_those_who_listen_to_the_conversation_only()
    {
        var talk = await host.GivenConversationAsync(host.Ann);
        await using var close = await EventReader.OpenAsync(_ann, $"/api/v1/events?subjects=conversation:{talk.Id}");
        await using var wide = await EventReader.OpenAsync(_ann, "/api/v1/events?subjects=organization,user:me");
        await close.WaitAsync(e => e.Name == "ready");
        await wide.WaitAsync(e => e.Name == "ready");

        await (await _ann.PostAsync($"/api/v1/conversations/{talk.Id}/typing", null)).BodyAsync();
        var typing = await close.WaitAsync(e => e.Name == "typing.started");
        await (await _ann.PostAsync($"/api/v1/conversations/{talk.Id}/read", null)).DataAsync();
        await wide.WaitAsync(e => e.Name == "read.changed");

        Assert.Null(typing.Id);
        Assert.DoesNotContain(wide.Events, e => e.Name == "typing.started");
    }

    [Fact]
    public async Task Another_organization_hears_nothing()
    {
        using var eve = host.Client(host.Eve);
        var (mine, theirs) = (await host.GivenConversationAsync(host.Ann), await host.GivenConversationAsync(host.Eve));
        await using var stream = await EventReader.OpenAsync(eve, "/api/v1/events");
        await stream.WaitAsync(e => e.Name == "ready");

        await (await _ann.PatchAsJsonAsync($"/api/v1/conversations/{mine.Id}", new { status = "pending" })).DataAsync();
        await (await eve.PatchAsJsonAsync($"/api/v1/conversations/{theirs.Id}", new { status = "pending" })).DataAsync();
        await stream.WaitAsync(e => e.Name == "conversation.updated");

        Assert.All(stream.Events.Where(e => e.Name != "ready"), e => Assert.Contains(host.Eve.OrganizationId.ToString(), e.Data, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_stream_ends_when_its_session_does()
    {
        var bob = await host.JoinAsync(host.Ann, "bob@example.test", "agent");
        using var http = host.Client(bob);
        await using var stream = await EventReader.OpenAsync(http, "/api/v1/events");
        await stream.WaitAsync(e => e.Name == "ready");

        await (await http.PostAsync("/api/v1/auth/logout", null)).BodyAsync();

        await Eventually.HoldsAsync(() => stream.Ended, "the stream ends", TimeSpan.FromSeconds(5));
        await (await http.GetAsync("/api/v1/events")).ProblemAsync(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Wrong_subjects_are_refused()
    {
        await (await _ann.GetAsync("/api/v1/events?subjects=everything")).ProblemAsync(HttpStatusCode.BadRequest);
        await (await _ann.GetAsync($"/api/v1/events?subjects=conversation:{OmniId.New()}")).ProblemAsync(HttpStatusCode.NotFound);
    }
}

/// <summary>Reads an event stream in the background.</summary>
internal sealed class EventReader : IAsyncDisposable
{
    private readonly ConcurrentQueue<ServerEvent> _events = new();
    private readonly HttpResponseMessage _answer;
    private readonly Task _reading;

    private EventReader(HttpResponseMessage answer) => (_answer, _reading) = (answer, ReadAsync(answer));

    internal IReadOnlyCollection<ServerEvent> Events => _events;

    internal bool Ended => _reading.IsCompleted;

    internal string? CacheControl => string.Join(", ", _answer.Headers.GetValues("Cache-Control").SelectMany(v => v.Split(", ")));

    internal string? Buffering => _answer.Headers.GetValues("X-Accel-Buffering").Single();

    internal string? MediaType => _answer.Content.Headers.ContentType?.MediaType;

    public async ValueTask DisposeAsync()
    {
        _answer.Dispose();
        await _reading;
    }

    internal static async Task<EventReader> OpenAsync(HttpClient http, string path, string? last = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (last is not null)
        {
            request.Headers.Add("Last-Event-ID", last);
        }

        var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return new EventReader(answer);
    }

    internal async Task<ServerEvent> WaitAsync(Func<ServerEvent, bool> which)
    {
        await Eventually.HoldsAsync(() => _events.Any(which), "the event comes", TimeSpan.FromSeconds(10));
        return _events.First(which);
    }

    private async Task ReadAsync(HttpResponseMessage answer)
    {
        try
        {
            using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync());
            var (name, id, data) = ("message", (string?)null, "");
            while (await reader.ReadLineAsync() is { } line)
            {
                if (line.Length == 0 && data.Length > 0)
                {
                    _events.Enqueue(new ServerEvent(name, id, data));
                    (name, id, data) = ("message", null, "");
                }

                var at = line.IndexOf(": ", StringComparison.Ordinal);
                (name, id, data) = at < 0 ? (name, id, data) : line[..at] switch
                {
                    "event" => (line[(at + 2)..], id, data),
                    "id" => (name, line[(at + 2)..], data),
                    "data" => (name, id, data + line[(at + 2)..]),
                    _ => (name, id, data),
                };
            }
        }
        catch (Exception cut) when (cut is IOException or ObjectDisposedException or HttpRequestException)
        {
            return; // cut by the test
        }
    }
}

/// <summary>One event of a stream.</summary>
internal sealed record ServerEvent(string Name, string? Id, string Data);
