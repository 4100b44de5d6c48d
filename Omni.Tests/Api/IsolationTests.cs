using System.Net;
using System.Net.Http.Json;
using System.Text;

namespace Omni.Tests.Api;

public sealed class IsolationTests(ApiHost host) : IClassFixture<ApiHost>
{
    [Fact]
    public async Task Another_organizations_ids_do_not_exist_on_any_endpoint()
    {
        using var ann = host.Client(host.Ann);
        using var eve = host.Client(host.Eve);
        var talk = await host.GivenConversationAsync(host.Ann, "Canary Person", "canary words");
        var own = await host.GivenConversationAsync(host.Eve);
        var label = (string)(await (await ann.PostAsJsonAsync("/api/v1/labels", new { name = "canary" })).DataAsync(HttpStatusCode.Created))["id"]!;
        var file = (string)(await (await ann.PostAsync("/api/v1/media", Forms.File("a.txt", "canary"u8.ToArray()))).DataAsync(HttpStatusCode.Created))["id"]!;
        var c = $"/api/v1/conversations/{talk.Id}";
        var p = $"/api/v1/contacts/{talk.ContactId}";
        (string Method, string Path, object? Body)[] calls =
        [
            ("GET", c, null), ("PATCH", c, new { status = "resolved" }), ("POST", c + "/read", new { }), ("GET", c + "/messages", null),
            ("POST", c + "/messages", new { text = "hi" }), ("POST", c + "/messages", new { kind = "note", text = "hi" }), ("GET", c + "/timeline", null),
            ("POST", c + "/typing", new { }), ("GET", c + "/draft", null), ("PUT", c + "/draft", new { mode = "reply", text = "x" }),
            ("GET", $"/api/v1/messages/{talk.MessageId}", null), ("POST", $"/api/v1/messages/{talk.MessageId}/retry", null),
            ("PUT", $"/api/v1/messages/{talk.MessageId}/reaction", new { emoji = "👍" }), ("DELETE", $"/api/v1/messages/{talk.MessageId}/reaction", null),
            ("PATCH", $"/api/v1/labels/{label}", new { name = "mine" }), ("DELETE", $"/api/v1/labels/{label}", null),
            ("GET", p, null), ("PATCH", p, new { name = "Mine" }), ("DELETE", p, null), ("POST", p + "/block", null), ("DELETE", p + "/block", null),
            ("GET", p + "/export", null), ("POST", p + "/merge", new { otherId = own.ContactId }), ("POST", $"/api/v1/contacts/{own.ContactId}/merge", new { otherId = talk.ContactId }),
            ("GET", $"/api/v1/media/{file}", null), ("GET", $"/media/{file}", null), ("GET", $"/api/v1/media/{file}/thumbnail", null),
            ("GET", $"/api/v1/events?subjects=conversation:{talk.Id}", null), ("GET", $"/api/v1/events?subjects=user:{host.Ann.Id}", null),
        ];

        foreach (var (method, path, body) in calls)
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = body is null ? null : JsonContent.Create(body) };
            using var answer = await eve.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
            Assert.True(answer.StatusCode == HttpStatusCode.NotFound, $"{method} {path}: {(int)answer.StatusCode}");
            Assert.DoesNotContain("canary", await answer.Content.ReadAsStringAsync(), StringComparison.OrdinalIgnoreCase);
        }

        string[] lists = ["/api/v1/conversations?status=all", "/api/v1/conversations?q=canary", "/api/v1/search?q=canary", "/api/v1/contacts?q=canary", "/api/v1/contacts",
            "/api/v1/labels", "/api/v1/contacts/export", $"/api/v1/conversations?label={label}", $"/api/v1/conversations?contact={talk.ContactId}", $"/api/v1/conversations?assignee={host.Ann.Id}"];
        foreach (var path in lists)
        {
            Assert.DoesNotContain("canary", await eve.GetStringAsync(path), StringComparison.OrdinalIgnoreCase);
        }

        var bulk = await (await eve.PostAsJsonAsync("/api/v1/conversations/bulk", new { ids = new[] { talk.Id }, patch = new { status = "spam" } })).DataAsync();
        Assert.False((bool)bulk[0]!["changed"]!);
        await (await eve.PatchAsJsonAsync($"/api/v1/conversations/{own.Id}", new { labels = new[] { label } })).ProblemAsync(HttpStatusCode.BadRequest);
        await (await eve.PatchAsJsonAsync($"/api/v1/conversations/{own.Id}", new { assigneeId = host.Ann.Id })).ProblemAsync(HttpStatusCode.BadRequest);
        await (await eve.PostAsJsonAsync($"/api/v1/conversations/{own.Id}/messages", new { text = "x", attachments = new[] { file } })).ProblemAsync(HttpStatusCode.BadRequest);
        Assert.Equal("open", (string?)(await (await ann.GetAsync(c)).DataAsync())["status"]);
    }
}

/// <summary>Forms with one file.</summary>
internal static class Forms
{
    internal static MultipartFormDataContent File(string name, byte[] content, string claimed = "application/octet-stream")
    {
        var part = new ByteArrayContent(content);
        part.Headers.TryAddWithoutValidation("Content-Type", claimed);
        part.Headers.TryAddWithoutValidation("Content-Disposition", $"form-data; name=\"file\"; filename=\"{name}\"; filename*=UTF-8''{Uri.EscapeDataString(name)}");
        var form = new MultipartFormDataContent { { new StringContent("before", Encoding.UTF8), "comment" } };
        form.Add(part);
        return form;
    }
}
