using System.Net;
using System.Net.Http.Json;
using System.Text;
using Npgsql;
using Omni.Core.Common;
using Omni.Tests.Support;

namespace Omni.Tests.Api;

public sealed class ErrorsTests(ApiHost host) : IClassFixture<ApiHost>, IDisposable
{
    private readonly HttpClient _ann = host.Client(host.Ann);

    public void Dispose() => _ann.Dispose();

    [Theory]
    [InlineData("GET", "/api/v1/nothing", 404)]
    [InlineData("GET", "/api/other", 404)]
    [InlineData("DELETE", "/api/v1/conversations", 405)]
    [InlineData("GET", "/api/v1/conversations/not-an-id", 404)]
    [InlineData("GET", "/media/0193a000-0000-7000-8000-000000000000", 404)]
    public async Task What_is_not_there_is_a_problem_in_the_envelope(string method, string path, int status)
    {
        var answer = await _ann.SendAsync(new HttpRequestMessage(new HttpMethod(method), path));

        var body = await answer.ProblemAsync((HttpStatusCode)status);
        Assert.Equal(status, (int)body["error"]!["code"]!);
    }

    [Theory]
    [InlineData("application/json", "{", 400)]
    [InlineData("application/json", "", 400)]
    [InlineData("application/json", "[]", 400)]
    [InlineData("application/json", """{"name":7}""", 400)]
    [InlineData("application/json", """{"hue":1}""", 400)]
    [InlineData("text/plain", "name", 415)]
    public async Task A_body_that_cannot_be_read_is_refused_without_naming_our_types(string type, string body, int status)
    {
        var answer = await _ann.PostAsync("/api/v1/labels", new StringContent(body, Encoding.UTF8, type));

        var problem = (await answer.ProblemAsync((HttpStatusCode)status)).ToJsonString();
        Assert.DoesNotContain("Omni.", problem, StringComparison.Ordinal);
        Assert.DoesNotContain("System.", problem, StringComparison.Ordinal);
        Assert.DoesNotContain("LineNumber", problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_field_error_names_the_field_as_the_caller_knows_it()
    {
        var problem = await (await _ann.PatchAsync($"/api/v1/conversations/{OmniId.New()}", new StringContent("""{"status":"closed"}""", Encoding.UTF8, "application/json")))
            .ProblemAsync(HttpStatusCode.BadRequest);

        Assert.Contains("open, pending, snoozed, resolved, spam", (string?)problem["errors"]!["status"]![0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_over_the_limit_is_413()
    {
        var answer = await _ann.PostAsync("/api/v1/labels", new StringContent($$"""{"name":"{{new string('x', 2 << 20)}}"}""", Encoding.UTF8, "application/json"));

        await answer.ProblemAsync(HttpStatusCode.RequestEntityTooLarge);
    }

    [Fact]
    public async Task Nobody_gets_in_without_a_sign_in()
    {
        using var nobody = host.Client();
        await (await nobody.GetAsync("/api/v1/conversations")).ProblemAsync(HttpStatusCode.Unauthorized);
        await (await nobody.GetAsync("/api/v1/events")).ProblemAsync(HttpStatusCode.Unauthorized);
        await (await nobody.GetAsync($"/media/{OmniId.New()}")).ProblemAsync(HttpStatusCode.Unauthorized);

        nobody.DefaultRequestHeaders.Authorization = new("Bearer", "omni_wrong");
        var wrong = await (await nobody.GetAsync("/api/v1/conversations")).ProblemAsync(HttpStatusCode.Unauthorized);
        Assert.Equal((1002, "TOKEN_INVALID"), ((int)wrong["error"]!["code"]!, (string)wrong["error"]!["name"]!));
    }

    [Fact]
    public async Task A_database_that_is_away_is_503_with_a_time_to_wait_and_no_internals()
    {
        var database = new NpgsqlConnectionStringBuilder(host.ConnectionString).Database;
        var server = await PostgresServer.Shared;
        await server.AdministerAsync($"alter database {database} with allow_connections false", $"select pg_terminate_backend(pid) from pg_stat_activity where datname = '{database}'");
        try
        {
            HttpResponseMessage answer = null!;
            await Eventually.HoldsAsync(
                async () => (answer = await _ann.GetAsync("/api/v1/labels")).StatusCode == HttpStatusCode.ServiceUnavailable, "the lost database is noticed");
            var text = (await answer.ProblemAsync(HttpStatusCode.ServiceUnavailable)).ToJsonString();
            Assert.NotNull(answer.Headers.RetryAfter);
            Assert.DoesNotContain("Npgsql", text, StringComparison.OrdinalIgnoreCase);
        }
        finally
        {
            await server.AdministerAsync($"alter database {database} with allow_connections true");
        }

        await Eventually.HoldsAsync(async () => (await _ann.GetAsync("/api/v1/labels")).IsSuccessStatusCode, "it works again by itself");
    }
}
