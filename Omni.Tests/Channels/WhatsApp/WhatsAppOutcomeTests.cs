using System.Net.Sockets;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Omni.Core.Channels;
using Omni.Infrastructure.Channels.Meta;
using Omni.Infrastructure.Channels.Simulator;
using Omni.Infrastructure.Channels.WhatsApp;

namespace Omni.Tests.Channels.WhatsApp;

public sealed class WhatsAppOutcomeTests
{
    public static TheoryData<int> DocumentedCodes => [.. WhatsAppErrorTable.Codes];

    [Theory]
    [MemberData(nameof(DocumentedCodes))]
    public async Task A_documented_error_accepts_nothing_and_leads_to_its_reaction(int code)
    {
        await using var rig = await WhatsAppRig.StartAsync();
        rig.Account.Behaviour = new SimulatedBehaviour { Failure = SimulatedFailure.GraphError, Code = code };

        var outcome = await rig.SendAsync(WhatsAppRig.Text());

        Assert.True(WhatsAppErrorTable.TryGet(code, out var known));
        switch (known.Reaction)
        {
            case SendReaction.Retry:
                Assert.False(Assert.IsType<SendOutcome.Retry>(outcome).RecipientOnly);
                break;
            case SendReaction.SlowDown:
                var slow = Assert.IsType<SendOutcome.Retry>(outcome);
                Assert.True(slow.RecipientOnly);
                Assert.True(slow.After > TimeSpan.Zero);
                break;
            case SendReaction.Reauthorize:
                Assert.IsType<SendOutcome.Reauthorize>(outcome);
                break;
            default:
                var error = Assert.IsType<SendOutcome.Rejected>(outcome).Error;
                Assert.Equal((code.ToString(), known.Reaction), (error.Code, error.Reaction));
                Assert.StartsWith(known.Words, error.Message, StringComparison.Ordinal);
                break;
        }

        Assert.Empty(rig.Simulator.Ledger.Sends);
    }

    [Theory]
    [InlineData(SendReaction.Retry, 1, 2, 4, 80007, 130429, 131000, 131016, 131057, 133016)]
    [InlineData(SendReaction.SlowDown, 131056)]
    [InlineData(SendReaction.Pause, 131048, 131049, 131064, 368, 131031, 130497)]
    [InlineData(SendReaction.Reauthorize, 0, 190, 3, 10, 200, 250, 299, 131005)]
    [InlineData(SendReaction.UseTemplate, 131047)]
    [InlineData(SendReaction.GiveUpContact, 131026, 130472, 131050, 131021, 131030, 131062)]
    [InlineData(SendReaction.GiveUpContent, 100, 131008, 131009, 131051, 131052, 131053, 132000, 132001, 132005, 132007, 132008, 132012, 132015, 132016, 132068, 132069)]
    [InlineData(SendReaction.GiveUpAccount, 131037, 131042, 131045)]
    public void Codes_are_grouped_as_documented(SendReaction reaction, params int[] codes) =>
        Assert.All(codes, code => Assert.Equal((true, reaction), (WhatsAppErrorTable.TryGet(code, out var known), known.Reaction)));

    [Fact]
    public async Task Too_many_requests_waits_as_long_as_asked()
    {
        await using var rig = await WhatsAppRig.StartAsync();
        rig.Account.Behaviour = new SimulatedBehaviour { Failure = SimulatedFailure.TooMany, RetryAfter = TimeSpan.FromSeconds(17), Times = 1 };
        var message = WhatsAppRig.Text();

        Assert.Equal(TimeSpan.FromSeconds(17), Assert.IsType<SendOutcome.Retry>(await rig.SendAsync(message)).After);
        Assert.IsType<SendOutcome.Accepted>(await rig.SendAsync(message));
        Assert.Single(rig.Simulator.Ledger.Sends);
    }

    [Theory]
    [InlineData(SimulatedFailure.LostAnswer)]
    [InlineData(SimulatedFailure.Garbage)]
    [InlineData(SimulatedFailure.ServerErrorWithoutBody)]
    internal async Task What_was_accepted_without_a_clear_answer_is_unknown_and_sent_once(SimulatedFailure failure)
    {
        await using var rig = await WhatsAppRig.StartAsync();
        Assert.IsType<SendOutcome.Accepted>(await rig.SendAsync(WhatsAppRig.Text("warms up the connection")));
        rig.Account.Behaviour = new SimulatedBehaviour { Failure = failure };
        var message = WhatsAppRig.Text();

        Assert.IsType<SendOutcome.Unknown>(await rig.SendAsync(message));

        Assert.Single(rig.Simulator.Ledger.Sends, s => s.ClientReference == message.Id.ToString("N"));
    }

    [Fact]
    public async Task A_dropped_request_is_unknown_because_nobody_can_tell()
    {
        await using var rig = await WhatsAppRig.StartAsync();
        rig.Account.Behaviour = new SimulatedBehaviour { Failure = SimulatedFailure.DroppedRequest };

        Assert.IsType<SendOutcome.Unknown>(await rig.SendAsync(WhatsAppRig.Text()));
        Assert.Empty(rig.Simulator.Ledger.Sends);
    }

    [Theory]
    [InlineData(2, typeof(SendOutcome.Retry))]
    [InlineData(131016, typeof(SendOutcome.Retry))]
    [InlineData(555555, typeof(SendOutcome.Unknown))]
    public async Task A_server_error_is_safe_to_repeat_only_with_a_documented_code(int code, Type outcome)
    {
        await using var rig = await WhatsAppRig.StartAsync();
        rig.Account.Behaviour = new SimulatedBehaviour { Failure = SimulatedFailure.ServerErrorWithBody, Code = code };
        Assert.IsType(outcome, await rig.SendAsync(WhatsAppRig.Text()));
    }

    [Fact]
    public async Task An_expired_token_asks_to_connect_again()
    {
        await using var rig = await WhatsAppRig.StartAsync();
        rig.Account.Behaviour = new SimulatedBehaviour { TokenExpired = true };
        Assert.IsType<SendOutcome.Reauthorize>(await rig.SendAsync(WhatsAppRig.Text()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("two\nlines")]
    [InlineData("ümlaut")]
    public async Task A_token_that_no_header_can_carry_asks_to_connect_again(string token)
    {
        await using var rig = await WhatsAppRig.StartAsync();
        Assert.IsType<SendOutcome.Reauthorize>(await rig.Channel.SendAsync(WhatsAppRig.Text(), WhatsAppRig.AccessWith(token), CancellationToken.None));
    }

    [Fact]
    public async Task A_closed_window_offers_a_template()
    {
        await using var rig = await WhatsAppRig.StartAsync(a => a with { Templates = [WhatsAppRig.Template("1", "hello", "Hallo")] });
        rig.Account.Behaviour = new SimulatedBehaviour { WindowClosed = true };

        Assert.Equal(SendReaction.UseTemplate, Assert.IsType<SendOutcome.Rejected>(await rig.SendAsync(WhatsAppRig.Text())).Error.Reaction);
        var template = WhatsAppRig.Text() with { Type = "template", Template = new TemplateUse("hello", "de", new Dictionary<string, IReadOnlyList<string>>()) };
        Assert.IsType<SendOutcome.Accepted>(await rig.SendAsync(template));
    }

    [Fact]
    public async Task A_refused_connection_is_safe_to_repeat()
    {
        using var listener = new TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        var port = ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        Assert.IsType<SendOutcome.Retry>(await SendToAsync($"http://127.0.0.1:{port}/"));
    }

    [Fact]
    public async Task A_name_that_does_not_resolve_is_safe_to_repeat() =>
        Assert.IsType<SendOutcome.Retry>(await SendToAsync("http://nobody.invalid/"));

    [Fact]
    public async Task A_failed_tls_handshake_is_safe_to_repeat()
    {
        await using var plain = await LocalServer.StartAsync(http => http.Response.WriteAsync("no tls here"));
        Assert.IsType<SendOutcome.Retry>(await SendToAsync($"https://127.0.0.1:{plain.Url.Port}/"));
    }

    [Fact]
    public async Task An_answer_cut_in_the_middle_is_unknown()
    {
        await using var server = await LocalServer.StartAsync(async http =>
        {
            http.Response.ContentLength = 1000;
            await http.Response.WriteAsync("{\"messages\":[{\"id\":\"wamid.1\"}]");
            await http.Response.Body.FlushAsync();
            http.Abort();
        });
        Assert.IsType<SendOutcome.Unknown>(await SendToAsync(server.Url.ToString()));
    }

    [Theory]
    [InlineData(401, typeof(SendOutcome.Reauthorize))]
    [InlineData(429, typeof(SendOutcome.Retry))]
    [InlineData(408, typeof(SendOutcome.Unknown))]
    [InlineData(500, typeof(SendOutcome.Unknown))]
    [InlineData(504, typeof(SendOutcome.Unknown))]
    [InlineData(200, typeof(SendOutcome.Unknown))]
    [InlineData(404, typeof(SendOutcome.Rejected))]
    [InlineData(413, typeof(SendOutcome.Rejected))]
    public async Task A_status_without_a_body_counts_by_itself(int status, Type outcome)
    {
        await using var server = await LocalServer.StartAsync(http =>
        {
            http.Response.StatusCode = status;
            return Task.CompletedTask;
        });
        Assert.IsType(outcome, await SendToAsync(server.Url.ToString()));
    }

    [Fact]
    public async Task A_send_stopped_while_waiting_for_the_answer_is_unknown_not_forgotten()
    {
        using var stop = new CancellationTokenSource();
        await using var server = await LocalServer.StartAsync(async http =>
        {
            await http.Request.Body.CopyToAsync(Stream.Null);
            await stop.CancelAsync();
            await Task.Delay(Timeout.Infinite, http.RequestAborted);
        });
        Assert.IsType<SendOutcome.Unknown>(await SendToAsync(server.Url.ToString(), stop.Token));
    }

    [Fact]
    public async Task A_send_that_timed_out_is_unknown_and_may_still_arrive()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var rig = await WhatsAppRig.StartAsync(configure: services => services.AddHttpClient(GraphClient.Calls, http => http.Timeout = TimeSpan.FromMilliseconds(200)));
        rig.Account.WebhookUrl = receiver.Url;
        rig.Account.Behaviour = new SimulatedBehaviour { Slow = TimeSpan.FromMilliseconds(600), Statuses = ["sent"] };
        var message = WhatsAppRig.Text();

        Assert.IsType<SendOutcome.Unknown>(await rig.SendAsync(message));

        var status = rig.Channel.Parse((await receiver.WaitAsync(1))[0].Body)[0].Event!;
        Assert.Equal(message.Id.ToString("N"), status.ClientReference); // the late sign that settles it
        Assert.Single(rig.Simulator.Ledger.Sends);
    }

    [Fact]
    public async Task Repeating_only_what_is_safe_never_sends_twice()
    {
        await using var rig = await WhatsAppRig.StartAsync();
        var failures = Enum.GetValues<SimulatedFailure>();
        var messages = Enumerable.Range(0, 200).Select(i => WhatsAppRig.Text($"n{i}")).ToList();
        var unclear = 0;
        for (var i = 0; i < messages.Count; i++)
        {
            rig.Account.Behaviour = new SimulatedBehaviour { Failure = failures[i % failures.Length], Times = 1 + (i % 2), Code = i % 3 == 0 ? 2 : 131056 };
            SendOutcome outcome;
            do
            {
                outcome = await rig.SendAsync(messages[i]);
            }
            while (outcome is SendOutcome.Retry);

            unclear += outcome is SendOutcome.Unknown ? 1 : 0;
            Assert.True(outcome is SendOutcome.Accepted or SendOutcome.Unknown, outcome.ToString());
        }

        Assert.InRange(unclear, 50, 150); // the bad days really came
        Assert.Equal(rig.Simulator.Ledger.Sends.Select(s => s.ClientReference).Distinct().Count(), rig.Simulator.Ledger.Sends.Count);
    }

    [Fact]
    public async Task A_send_stopped_before_it_began_is_not_an_outcome()
    {
        await using var rig = await WhatsAppRig.StartAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => rig.Channel.SendAsync(WhatsAppRig.Text(), rig.Access, new CancellationToken(canceled: true)));
        Assert.Empty(rig.Simulator.Ledger.Sends);
    }

    private static async Task<SendOutcome> SendToAsync(string graph, CancellationToken ct = default)
    {
        await using var services = WhatsAppRig.Services(new Uri(graph));
        return await services.GetRequiredService<WhatsAppChannel>().SendAsync(WhatsAppRig.Text(), WhatsAppRig.AccessWith("rig-token"), ct);
    }
}
