using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Omni.Core.Common;
using Omni.Tests.Api;
using Omni.Tests.Support;

namespace Omni.Tests.Widget;

/// <summary>A visitor's browser, as far as the server sees it.</summary>
public sealed class TestVisitor(HttpClient http, string siteKey) : IDisposable
{
    private readonly CancellationTokenSource _gone = new();

    /// <summary>What the program has written, for failures.</summary>
    public Func<string> Log { get; init; } = () => "";
    private Task? _listening;

    public string Token { get; private set; } = "";

    public Guid Id { get; private set; }

    /// <summary>What the stream brought: name and data.</summary>
    public ConcurrentQueue<(string Name, JsonNode Data)> Events { get; } = new();

    /// <summary>The newest place of the stream.</summary>
    public string Cursor { get; private set; } = "";

    public HttpClient Http => http;

    public string SiteKey => siteKey;

    public void Dispose()
    {
        _gone.Cancel();
        http.Dispose();
        _gone.Dispose();
    }

    /// <summary>The same browser with another connection.</summary>
    public TestVisitor Again(HttpClient connection) => new(connection, siteKey) { Log = Log, Token = Token, Id = Id };

    /// <summary>Opens the panel.</summary>
    public async Task<JsonNode> BeginAsync(object? about = null)
    {
        var answer = await SendAsync(HttpMethod.Post, "visitors", about ?? new { });
        var data = await answer.DataAsync(answer.StatusCode == HttpStatusCode.Created ? HttpStatusCode.Created : HttpStatusCode.OK);
        Token = data["token"]?.GetValue<string>() ?? Token;
        Id = data["visitor"]!["id"]!.GetValue<Guid>();
        return data;
    }

    /// <summary>Makes a call with the visitor's token.</summary>
    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, object? body = null, string? origin = null, string? site = null)
    {
        using var request = new HttpRequestMessage(method, $"/widget/{site ?? siteKey}/{path}") { Content = body as HttpContent ?? (body is null ? null : JsonContent.Create(body)) };
        if (Token.Length > 0)
        {
            request.Headers.Add("X-Omni-Visitor", Token);
        }

        if (origin is not null)
        {
            request.Headers.Add("Origin", origin);
        }

        return await http.SendAsync(request, HttpCompletionOption.ResponseContentRead);
    }

    /// <summary>Writes.</summary>
    public async Task<Guid> SayAsync(string? text, Guid? clientId = null, Guid[]? attachments = null)
    {
        var id = clientId ?? OmniId.New();
        await (await SendAsync(HttpMethod.Post, "messages", new { clientId = id, text, attachments })).DataAsync(HttpStatusCode.Accepted);
        return id;
    }

    /// <summary>Uploads a file.</summary>
    public Task<HttpResponseMessage> UploadAsync(byte[] content, string name = "picture.png")
    {
        var file = new ByteArrayContent(content) { Headers = { ContentType = new MediaTypeHeaderValue("application/octet-stream") } };
        return SendAsync(HttpMethod.Post, "files", new MultipartFormDataContent { { file, "file", name } });
    }

    /// <summary>The talk so far.</summary>
    public async Task<JsonArray> HistoryAsync(string query = "") => (await (await SendAsync(HttpMethod.Get, "messages" + query)).DataAsync()).AsArray();

    /// <summary>Opens the stream and waits until it is ready.</summary>
    public async Task ListenAsync(string? after = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/widget/{siteKey}/events");
        request.Headers.Add("X-Omni-Visitor", Token);
        if (after is not null)
        {
            request.Headers.Add("Last-Event-ID", after);
        }

        var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, _gone.Token);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("text/event-stream", answer.Content.Headers.ContentType?.MediaType);
        Assert.True(answer.Headers.CacheControl is { NoStore: true, NoTransform: true });
        _listening = ReadAsync(answer);
        await HearAsync("ready");
    }

    /// <summary>Closes the stream.</summary>
    public async Task LeaveAsync()
    {
        await _gone.CancelAsync();
        await (_listening ?? Task.CompletedTask);
    }

    /// <summary>Waits for an event.</summary>
    public async Task<JsonNode> HearAsync(string name, Func<JsonNode, bool>? that = null, [CallerArgumentExpression(nameof(that))] string? what = null)
    {
        JsonNode? found = null;
        await Eventually.HoldsAsync(
            () => (found = Events.FirstOrDefault(e => e.Name == name && (that is null || that(e.Data))).Data) is not null,
            $"the stream brings {name} {what}; so far: {string.Join(" | ", Events.Select(e => $"{e.Name} {e.Data.ToJsonString()}"))}\n{Log()}");
        return found!;
    }

    private async Task ReadAsync(HttpResponseMessage answer)
    {
        using (answer)
        {
            try
            {
                using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync(_gone.Token));
                var name = "";
                while (await reader.ReadLineAsync(_gone.Token) is { } line)
                {
                    if (line.StartsWith("event: ", StringComparison.Ordinal))
                    {
                        name = line[7..];
                    }
                    else if (line.StartsWith("id: ", StringComparison.Ordinal))
                    {
                        Cursor = line[4..];
                    }
                    else if (line.StartsWith("data: ", StringComparison.Ordinal))
                    {
                        Events.Enqueue((name, JsonNode.Parse(line[6..])!));
                    }
                }
            }
            catch (Exception end) when (end is OperationCanceledException or IOException or HttpRequestException)
            {
                Assert.True(_gone.IsCancellationRequested || end is IOException or HttpRequestException, end.Message);
            }
        }
    }
}
