using System.Net;
using System.Net.Http.Json;
using Omni.Core.Common;

namespace Omni.Tests.Api;

public sealed class IdempotencyTests(ApiHost host) : IClassFixture<ApiHost>, IDisposable
{
    private readonly HttpClient _ann = host.Client(host.Ann);

    public void Dispose() => _ann.Dispose();

    [Fact]
    public async Task Of_twenty_parallel_calls_with_one_key_one_is_carried_out()
    {
        var key = OmniId.New().ToString();

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => CreateAsync(_ann, key, "Twenty Calls")));

        Assert.All(answers, a => Assert.True(a.StatusCode is HttpStatusCode.Created or HttpStatusCode.Conflict, $"{(int)a.StatusCode}"));
        Assert.All(answers.Where(a => a.StatusCode == HttpStatusCode.Conflict), a => Assert.NotNull(a.Headers.RetryAfter));
        var later = await CreateAsync(_ann, key, "Twenty Calls");
        Assert.Equal("true", Assert.Single(later.Headers.GetValues("Idempotency-Replayed")));
        var id = (string?)(await later.DataAsync(HttpStatusCode.Created))["id"];
        foreach (var answer in answers.Where(a => a.StatusCode == HttpStatusCode.Created))
        {
            Assert.Equal(id, (string?)(await answer.DataAsync(HttpStatusCode.Created))["id"]);
        }

        Assert.Single((await (await _ann.GetAsync("/api/v1/contacts?q=Twenty Calls")).DataAsync()).AsArray());
    }

    [Fact]
    public async Task A_key_with_another_body_is_refused_and_a_client_id_does_the_same()
    {
        var key = OmniId.New().ToString();
        await (await CreateAsync(_ann, key, "First")).DataAsync(HttpStatusCode.Created);
        await (await CreateAsync(_ann, key, "Second")).ProblemAsync(HttpStatusCode.Conflict);

        var clientId = OmniId.New();
        var one = await (await _ann.PostAsJsonAsync("/api/v1/contacts", new { clientId, name = "By client id" })).DataAsync(HttpStatusCode.Created);
        var two = await (await _ann.PostAsJsonAsync("/api/v1/contacts", new { clientId, name = "By client id" })).DataAsync(HttpStatusCode.Created);
        Assert.Equal((string?)one["id"], (string?)two["id"]);
    }

    [Fact]
    public async Task A_failed_call_gives_the_key_back_and_organizations_do_not_share_keys()
    {
        var key = OmniId.New().ToString();
        await (await CreateAsync(_ann, key, "")).ProblemAsync(HttpStatusCode.BadRequest);
        var mine = await (await CreateAsync(_ann, key, "Mine")).DataAsync(HttpStatusCode.Created);
        using var eve = host.Client(host.Eve);
        var theirs = await (await CreateAsync(eve, key, "Mine")).DataAsync(HttpStatusCode.Created);

        Assert.NotEqual((string?)mine["id"], (string?)theirs["id"]);
        await (await CreateAsync(_ann, new string('k', 191), "Long")).ProblemAsync(HttpStatusCode.BadRequest);
    }

    private static Task<HttpResponseMessage> CreateAsync(HttpClient http, string key, string name) => http.SendAsync(
        new HttpRequestMessage(HttpMethod.Post, "/api/v1/contacts") { Headers = { { "Idempotency-Key", key } }, Content = JsonContent.Create(new { name }) });
}
