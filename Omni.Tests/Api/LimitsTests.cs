using System.Net;

namespace Omni.Tests.Api;

/// <summary>The API with a limit of three calls for one token.</summary>
public sealed class NarrowHost : ApiHost
{
    protected override IEnumerable<(string Key, string Value)> Settings => [("Omni:Limits:TokenPerMinute", "1"), ("Omni:Limits:TokenBurst", "3")];
}

public sealed class LimitsTests(NarrowHost host) : IClassFixture<NarrowHost>
{
    [Fact]
    public async Task A_token_that_calls_too_often_waits_and_others_do_not()
    {
        using var ann = host.Client(host.Ann);
        using var eve = host.Client(host.Eve);
        var left = new List<string>();
        for (var i = 0; i < 3; i++)
        {
            using var answer = await ann.GetAsync("/api/v1/labels");
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.Equal("3", Assert.Single(answer.Headers.GetValues("X-RateLimit-Limit")));
            Assert.True(int.Parse(Assert.Single(answer.Headers.GetValues("X-RateLimit-Reset"))) > 0);
            left.Add(Assert.Single(answer.Headers.GetValues("X-RateLimit-Remaining")));
        }

        using var refused = await ann.GetAsync("/api/v1/labels");
        var problem = await refused.ProblemAsync(HttpStatusCode.TooManyRequests);

        Assert.Equal(["2", "1", "0"], left);
        Assert.Equal((3001, "TOO_MANY_REQUESTS"), ((int)problem["error"]!["code"]!, (string)problem["error"]!["name"]!));
        Assert.InRange(refused.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 60);
        Assert.Equal(HttpStatusCode.OK, (await eve.GetAsync("/api/v1/labels")).StatusCode);
    }
}
