using Omni.Web.Operations.Logs;

namespace Omni.Tests.Operations;

public sealed class SecretScrubberTests
{
    [Theory]
    [InlineData("Host=db;Password=s3cr3t-Planted;Username=omni", "Host=db;Password=***;Username=omni")]
    [InlineData("Host=db;Pwd='s3cr3t; Planted';Port=1", "Host=db;Pwd=***;Port=1")]
    [InlineData("redis:6379,password=s3cr3tPlanted,ssl=true", "redis:6379,password=***,ssl=true")]
    [InlineData("Authorization: Bearer abc.def-ghi_s3cr3t", "Authorization: *** ***")]
    [InlineData("sent with bearer s3cr3tPlanted", "sent with bearer ***")]
    [InlineData("token omni_pat_s3cr3t-Planted_123 was refused", "token omni_pat_*** was refused")]
    [InlineData("GET /v23.0/me?access_token=EAAGs3cr3tPlanted0123&fields=id", "GET /v23.0/me?access_token=***&fields=id")]
    [InlineData("the token EAAGs3cr3tPlanted0123 ended", "the token EAA*** ended")]
    [InlineData("postgres://omni:s3cr3tPlanted@db/omni", "postgres://omni:***@db/omni")]
    [InlineData("{\"appSecret\":\"s3cr3t Planted\",\"id\":7}", "{\"appSecret\":***,\"id\":7}")]
    [InlineData("{\"refresh_token\": \"s3cr3tPlanted\"}", "{\"refresh_token\": ***}")]
    public void Secrets_are_replaced_and_the_rest_is_kept(string text, string expected)
    {
        var scrubbed = SecretScrubber.Scrub(text);

        Assert.Equal(expected, scrubbed);
        Assert.DoesNotContain("s3cr3t", scrubbed);
    }

    [Theory]
    [InlineData("Applied 12 items of channel 0199c0de in 3 ms")]
    [InlineData("omni_webhook_deliveries_total is not a token")]
    [InlineData("The token no longer counts.")]
    [InlineData("http://localhost:5080/health")]
    public void Ordinary_text_is_left_alone(string text) => Assert.Equal(text, SecretScrubber.Scrub(text));

    [Theory]
    [InlineData("password", true)]
    [InlineData("accessToken", true)]
    [InlineData("AppSecret", true)]
    [InlineData("channelId", false)]
    [InlineData("count", false)]
    public void Members_with_a_secrets_name_are_known(string name, bool expected) => Assert.Equal(expected, SecretScrubber.IsSecret(name));
}
