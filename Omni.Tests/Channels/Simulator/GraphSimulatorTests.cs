using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Omni.Core.Channels;
using Omni.Infrastructure.Channels.Meta;
using Omni.Infrastructure.Channels.Simulator;
using Omni.Infrastructure.Channels.WhatsApp;
using Omni.Tests.Channels.WhatsApp;

namespace Omni.Tests.Channels.Simulator;

public sealed class GraphSimulatorTests
{
    private static readonly SimulatedPerson Zoe = new("4915100000011", "Zoë 👍", "DE.555");

    [Fact]
    public async Task A_persons_message_is_escaped_and_signed_like_the_platforms()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var rig = await WhatsAppRig.StartAsync();
        rig.Account.WebhookUrl = receiver.Url;

        var id = await rig.Simulator.ReceiveFromCustomerAsync(WhatsAppRig.NumberId, Zoe, "schön https://a.example 🚀", replyTo: "wamid.q");

        var delivery = (await receiver.WaitAsync(1))[0];
        Assert.True(rig.Channel.IsAuthentic(delivery, WhatsAppRig.Secret));
        Assert.Contains(@"sch\u00f6n https:\/\/a.example \ud83d\ude80", Encoding.ASCII.GetString(delivery.Body.Span), StringComparison.Ordinal);
        var e = Assert.Single(rig.Channel.Parse(delivery.Body)).Event!;
        Assert.Equal((id, "schön https://a.example 🚀", "Zoë 👍", "wamid.q", Zoe.Phone), (e.ExternalId, e.Text, e.ContactName, e.ReplyTo, e.ContactId));
    }

    [Fact]
    public async Task Webhooks_are_repeated_until_they_are_answered_200()
    {
        await using var receiver = await WebhookReceiver.StartAsync(503, 401, 302);
        await using var rig = await WhatsAppRig.StartAsync();
        rig.Account.Behaviour = new SimulatedBehaviour { WebhookBackOff = TimeSpan.FromMilliseconds(1) };
        rig.Account.WebhookUrl = receiver.Url;

        await rig.Simulator.ReceiveFromCustomerAsync(WhatsAppRig.NumberId, Zoe, "hallo");
        await rig.Simulator.Webhooks.IdleAsync(new CancellationTokenSource(TimeSpan.FromSeconds(20)).Token);

        Assert.Single(receiver.Taken);
        Assert.Equal([503, 401, 302, 200], rig.Simulator.Ledger.Webhooks.Select(w => w.Status));
        Assert.Equal([1, 2, 3, 4], rig.Simulator.Ledger.Webhooks.Select(w => w.Attempt));
    }

    [Fact]
    public async Task One_persons_messages_arrive_in_the_order_of_writing_also_with_repeats()
    {
        await using var receiver = await WebhookReceiver.StartAsync(503, 500, 503);
        await using var rig = await WhatsAppRig.StartAsync();
        rig.Account.Behaviour = new SimulatedBehaviour { WebhookBackOff = TimeSpan.FromMilliseconds(1) };
        rig.Account.WebhookUrl = receiver.Url;
        var texts = Enumerable.Range(0, 20).Select(i => $"n{i}").ToList();
        foreach (var text in texts)
        {
            await rig.Simulator.ReceiveFromCustomerAsync(WhatsAppRig.NumberId, Zoe, text);
        }

        Assert.Equal(texts, (await receiver.WaitAsync(20)).Select(d => rig.Channel.Parse(d.Body)[0].Event!.Text!));
    }

    [Fact]
    public async Task States_come_doubled_and_backwards_on_order()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var rig = await WhatsAppRig.StartAsync();
        rig.Account.WebhookUrl = receiver.Url;
        rig.Account.Behaviour = new SimulatedBehaviour { Copies = 2, Reorder = true, Statuses = ["sent", "delivered", "failed"], FailedCode = 131047 };

        await rig.SendAsync(WhatsAppRig.Text());

        var events = (await receiver.WaitAsync(6)).Select(d => rig.Channel.Parse(d.Body)[0].Event!).ToList();
        Assert.Equal(["failed", "failed", "delivered", "delivered", "sent", "sent"], events.Select(e => e.Status));
        Assert.Equal(SendReaction.UseTemplate, events[0].Error?.Reaction);
    }

    [Fact]
    public async Task A_slow_account_is_slow()
    {
        await using var rig = await WhatsAppRig.StartAsync();
        rig.Account.Behaviour = new SimulatedBehaviour { Slow = TimeSpan.FromMilliseconds(300) };
        var started = TimeProvider.System.GetTimestamp();
        await rig.SendAsync(WhatsAppRig.Text());
        Assert.True(TimeProvider.System.GetElapsedTime(started) >= TimeSpan.FromMilliseconds(250));
    }

    [Fact]
    public async Task The_ledger_file_has_every_accepted_message()
    {
        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            await using (var server = await SimulatorServer.StartAsync(path))
            {
                server.Simulator.Register(new SimulatedAccount(WhatsAppRig.NumberId, WhatsAppRig.BusinessId, "rig-token", "s"));
                await using var services = WhatsAppRig.Services(server.Url);
                for (var i = 0; i < 5; i++)
                {
                    await services.GetRequiredService<WhatsAppChannel>().SendAsync(WhatsAppRig.Text($"n{i}"), WhatsAppRig.AccessWith("rig-token"), CancellationToken.None);
                }

                await server.Simulator.Webhooks.IdleAsync(CancellationToken.None);
            }

            var lines = (await File.ReadAllLinesAsync(path)).Select(l => JsonDocument.Parse(l).RootElement).ToList();
            Assert.Equal(["n0", "n1", "n2", "n3", "n4"], lines.Where(l => l.GetProperty("kind").GetString() == nameof(LedgerSend)).Select(l => l.GetProperty("entry").GetProperty("Text").GetString()));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public async Task A_sandbox_channel_talks_to_the_simulator_inside_the_program()
    {
        await using var services = SandboxServices(withSimulator: true);
        var simulator = services.GetRequiredService<GraphSimulator>();
        var came = new TaskCompletionSource<(byte[] Body, string Signature)>();
        var account = simulator.Register(new SimulatedAccount("71", "81", "sandbox-token", "sandbox-secret")
        {
            Deliver = (webhook, _) =>
            {
                came.TrySetResult((webhook.Body, webhook.Signature));
                return Task.FromResult(200);
            },
        });
        var channel = services.GetRequiredService<WhatsAppChannel>();
        var access = WhatsAppRig.AccessWith("sandbox-token", "71", "81", sandbox: true);

        Assert.Null((await channel.ProveAsync(access, CancellationToken.None)).Refusal);
        Assert.IsType<SendOutcome.Accepted>(await channel.SendAsync(WhatsAppRig.WithFile("image", "image/png", "b.png"), access, CancellationToken.None));
        var file = simulator.AddFile("71", "text/plain", "x"u8.ToArray());
        await using (Assert.IsType<MediaOutcome.Opened>(await channel.DownloadAsync(new MediaReference(file, null, 100), access, CancellationToken.None)))
        {
            var (body, signature) = await came.Task.WaitAsync(TimeSpan.FromSeconds(20));
            Assert.True(channel.IsAuthentic(new WebhookDelivery(body, new Dictionary<string, string> { [MetaSignature.Header] = signature }), "sandbox-secret"));
        }

        account.Behaviour = new SimulatedBehaviour { Failure = SimulatedFailure.LostAnswer };
        Assert.IsType<SendOutcome.Unknown>(await channel.SendAsync(WhatsAppRig.Text(), access, CancellationToken.None));
    }

    [Fact]
    public async Task Without_a_simulator_a_sandbox_channel_reaches_nobody()
    {
        await using var services = SandboxServices(withSimulator: false);
        var outcome = await services.GetRequiredService<WhatsAppChannel>().SendAsync(WhatsAppRig.Text(), WhatsAppRig.AccessWith("t", sandbox: true), CancellationToken.None);
        Assert.IsType<SendOutcome.Retry>(outcome);
    }

    private static ServiceProvider SandboxServices(bool withSimulator)
    {
        // The real platform's address is one that nobody answers at: a call that leaves the process would fail.
        var settings = new Dictionary<string, string?> { [$"{MetaOptions.Section}:GraphUrl"] = "http://127.0.0.1:1/" };
        var services = new ServiceCollection()
            .AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(settings).Build())
            .AddLogging()
            .AddMetaPlatforms();
        if (withSimulator)
        {
            services.AddGraphSimulator().AddHttpClient(GraphClient.Sandbox)
                .ConfigurePrimaryHttpMessageHandler(provider => new SimulatorHandler(provider.GetRequiredService<GraphSimulator>().HandleAsync));
        }

        return services.BuildServiceProvider();
    }
}
