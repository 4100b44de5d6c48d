using System.Globalization;
using Omni.Core.Channels;
using Omni.Core.Common;

namespace Omni.Tests.Channels.Contract;

/// <content>Sending: what each answer of a platform means. The platform is a server on this machine that gives the answers of the case.</content>
public abstract partial class ChannelContract
{
    /// <summary>The adapter with the platform's API at an address. The caller does not dispose it; the class does.</summary>
    internal abstract IChannelAdapter Connect(Uri platform);

    /// <summary>A connected account.</summary>
    internal abstract ChannelAccess Access { get; }

    /// <summary>A text message that the platform takes.</summary>
    internal abstract OutboundMessage Message { get; }

    /// <summary>The platform's good answer to <see cref="Message"/>.</summary>
    internal abstract PlatformAnswer Accepts(string messageId);

    /// <summary>Every error that the platform documents for sends.</summary>
    internal abstract IEnumerable<DocumentedError> Errors { get; }

    [Fact]
    public async Task A_good_answer_names_the_message()
    {
        Assert.Equal("platform-id-1", Assert.IsType<SendOutcome.Accepted>(await SendAsync(Accepts("platform-id-1"))).ExternalId);
    }

    [Fact]
    public async Task Every_documented_error_leads_to_its_reaction()
    {
        Assert.NotEmpty(Errors);
        await using var platform = await ScriptedPlatform.StartAsync();
        var adapter = Connect(platform.Url);
        foreach (var error in Errors)
        {
            platform.Next = error.Answer;
            var outcome = await adapter.SendAsync(Message, Access, CancellationToken.None);
            output.WriteLine($"{Folder,-12} {error.Answer.Status} {error.Answer.Body} -> {outcome}");
            var right = (error.Reaction, outcome) switch
            {
                (null, SendOutcome.Unknown) => true,
                (SendReaction.Retry, SendOutcome.Retry { RecipientOnly: false }) => true,
                (SendReaction.SlowDown, SendOutcome.Retry { RecipientOnly: true } slow) => slow.After > TimeSpan.Zero,
                (SendReaction.Reauthorize, SendOutcome.Reauthorize { Message.Length: > 0 }) => true,
                ({ } reaction, SendOutcome.Rejected rejected) => rejected.Error.Reaction == reaction && rejected.Error.Message.Length > 0,
                _ => false,
            };
            Assert.True(right, $"{error.Answer.Status} {error.Answer.Body} should be {error.Reaction?.ToString() ?? "unknown"}, was {outcome}");
        }
    }

    [Fact]
    public async Task Too_many_requests_wait_as_long_as_asked()
    {
        var many = new PlatformAnswer(429, "{}");
        Assert.Equal(TimeSpan.FromSeconds(17), Assert.IsType<SendOutcome.Retry>(await SendAsync(many with { RetryAfter = "17" })).After);
        Assert.Equal(TimeSpan.Zero, Assert.IsType<SendOutcome.Retry>(await SendAsync(many)).After);
        var date = TimeProvider.System.GetUtcNow().AddMinutes(2).ToString("R", CultureInfo.InvariantCulture);
        Assert.InRange(Assert.IsType<SendOutcome.Retry>(await SendAsync(many with { RetryAfter = date })).After, TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(121));
        Assert.Equal(TimeSpan.Zero, Assert.IsType<SendOutcome.Retry>(await SendAsync(many with { RetryAfter = "Sat, 01 Jan 2000 00:00:00 GMT" })).After);
    }

    [Theory]
    [InlineData(500, "<html>away</html>")]
    [InlineData(502, "")]
    [InlineData(504, "{\"hello\":")]
    [InlineData(200, "")]
    [InlineData(200, "<html>what?</html>")]
    [InlineData(200, "[]")]
    [InlineData(200, "{}")]
    public async Task An_answer_that_says_nothing_leaves_it_unknown(int status, string body) =>
        Assert.IsType<SendOutcome.Unknown>(await SendAsync(new PlatformAnswer(status, body)));

    [Fact]
    public async Task A_connection_that_ends_before_the_answer_leaves_it_unknown() =>
        Assert.IsType<SendOutcome.Unknown>(await SendAsync(new PlatformAnswer(200, "") { IsCut = true }));

    [Fact]
    public async Task A_refused_connection_is_safe_to_try_again() =>
        Assert.IsType<SendOutcome.Retry>(await Connect(new Uri("http://127.0.0.1:1/")).SendAsync(Message, Access, CancellationToken.None));

    [Fact]
    public async Task A_refused_token_asks_to_connect_again() => Assert.IsType<SendOutcome.Reauthorize>(await SendAsync(new PlatformAnswer(401, "{}")));

    [Fact]
    public async Task A_token_that_no_header_can_carry_asks_to_connect_again_and_sends_nothing()
    {
        await using var platform = await ScriptedPlatform.StartAsync();
        platform.Next = Accepts("m");
        var broken = Access.Credentials.ToDictionary(c => c.Key, c => c.Key == CredentialNames.AccessToken ? "two\nlines" : c.Value);
        Assert.IsType<SendOutcome.Reauthorize>(await Connect(platform.Url).SendAsync(Message, Access with { Credentials = broken }, CancellationToken.None));
        Assert.Equal(0, platform.Calls);
    }

    [Fact]
    public async Task A_text_beyond_the_limit_is_refused_in_words_before_anything_is_sent()
    {
        await using var platform = await ScriptedPlatform.StartAsync();
        platform.Next = Accepts("m");
        var adapter = Connect(platform.Url);
        var most = adapter.Capabilities.MaxTextLength;
        foreach (var text in new[] { "", new string('x', most + 1), new string(adapter.Capabilities.CountsBytes ? 'ä' : 'x', adapter.Capabilities.CountsBytes ? (most / 2) + 1 : most + 1) })
        {
            var error = Assert.IsType<SendOutcome.Rejected>(await adapter.SendAsync(Message with { Text = text }, Access, CancellationToken.None)).Error;
            Assert.Equal(SendReaction.GiveUpContent, error.Reaction);
        }

        Assert.Equal(0, platform.Calls);
        Assert.IsType<SendOutcome.Accepted>(await adapter.SendAsync(Message with { Text = new string('x', most) }, Access, CancellationToken.None));
    }

    [Fact]
    public async Task Types_and_recipients_that_make_no_sense_are_refused_before_anything_is_sent()
    {
        await using var platform = await ScriptedPlatform.StartAsync();
        var adapter = Connect(platform.Url);
        foreach (var message in new[] { Message with { Recipients = [] }, Message with { Type = "poll" }, Message with { Type = "image" }, Message with { Type = "reaction" }, Message with { Type = "interactive" } })
        {
            Assert.IsType<SendOutcome.Rejected>(await adapter.SendAsync(message, Access, CancellationToken.None));
        }

        Assert.Equal(0, platform.Calls);
    }

    [Fact]
    public async Task A_token_that_ends_is_exchanged_or_asks_for_a_person()
    {
        if (Adapter is not ITokenRenewal)
        {
            return; // this platform's tokens do not end by themselves, or nobody can exchange them
        }

        await using var platform = await ScriptedPlatform.StartAsync();
        var renewal = (ITokenRenewal)Connect(platform.Url);
        Assert.True(renewal.RenewBefore > TimeSpan.Zero);

        platform.Next = Renews("token-after");
        Assert.True((await renewal.RenewAsync(EndingAccess, CancellationToken.None)).Succeeded(out var renewed, out var refusal), refusal?.Message);
        Assert.Equal("token-after", renewed.Credentials[CredentialNames.AccessToken]);
        Assert.True(renewed.ExpiresAt > TimeProvider.System.GetUtcNow());

        platform.Next = RefusesToRenew;
        Assert.IsType<Refusal.Invalid>((await renewal.RenewAsync(EndingAccess, CancellationToken.None)).Refusal);
        platform.Next = new PlatformAnswer(503, "<html>away</html>");
        Assert.IsType<Refusal.Unavailable>((await renewal.RenewAsync(EndingAccess, CancellationToken.None)).Refusal);
        platform.Next = new PlatformAnswer(200, "{}");
        Assert.IsType<Refusal.Unavailable>((await renewal.RenewAsync(EndingAccess, CancellationToken.None)).Refusal);
    }

    /// <summary>An account whose token ends.</summary>
    internal virtual ChannelAccess EndingAccess => Access;

    /// <summary>The platform's good answer to an exchange of tokens.</summary>
    internal virtual PlatformAnswer Renews(string token) => throw new NotSupportedException($"{Folder} renews tokens: say how.");

    /// <summary>The platform's answer when a token is too old to be exchanged.</summary>
    internal virtual PlatformAnswer RefusesToRenew => throw new NotSupportedException($"{Folder} renews tokens: say how it refuses.");

    private async Task<SendOutcome> SendAsync(PlatformAnswer answer)
    {
        await using var platform = await ScriptedPlatform.StartAsync();
        platform.Next = answer;
        return await Connect(platform.Url).SendAsync(Message, Access, CancellationToken.None);
    }
}
