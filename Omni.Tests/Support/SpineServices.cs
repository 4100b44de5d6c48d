using System.Text;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;
using Omni.Core.Channels;
using Omni.Core.Common;
using Omni.Core.Identity;
using Omni.Core.Inbox;
using Omni.Core.Tenancy;
using Omni.Infrastructure.Channels;
using Omni.Infrastructure.Channels.Inbound;
using Omni.Infrastructure.Channels.Intake;
using Omni.Infrastructure.Channels.Meta;
using Omni.Infrastructure.Channels.Polling;
using Omni.Infrastructure.Channels.Sending;
using Omni.Infrastructure.Channels.Simulator;
using Omni.Infrastructure.Channels.TikTok;
using Omni.Infrastructure.Data;
using Omni.Infrastructure.Events;
using Omni.Infrastructure.Inbox;
using Omni.Infrastructure.Media;
using Omni.Infrastructure.Operations;
using Omni.Tests.Channels.Connections;

namespace Omni.Tests.Support;

/// <summary>One node's services of the spine inside the test, on a real database: intake, lanes, replies, reading. Workers run only when told, so that a test decides what happens when.</summary>
internal sealed class SpineServices : IAsyncDisposable
{
    internal const string AppSecret = "spine-app-secret";

    private readonly ServiceProvider _services;
    private readonly List<IHostedService> _running = [];
    private readonly string _folder = OmniProcess.NewDataDirectory();

    private SpineServices(string connectionString, SimulatorServer server, TimeProvider clock, (string Key, string Value)[] settings, Action<IServiceCollection>? more)
    {
        Server = server;
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(
        [
            new("Platforms:Meta:AppSecret", AppSecret), new("Platforms:Meta:VerifyToken", "spine-verify"), new("Platforms:Meta:GraphUrl", server.Url.ToString()), new("Platforms:Meta:InstagramGraphUrl", server.Url.ToString()),
            new("Platforms:TikTok:ApiUrl", server.Url.ToString()), new("Platforms:TikTok:LoginUrl", server.Url.ToString()), new("Platforms:TikTok:AppId", "7700000000000000411"), new("Platforms:TikTok:AppSecret", AppSecret),
            new("Platforms:Reddit:ApiUrl", server.RedditUrl.ToString()), new("Platforms:Reddit:AuthUrl", server.RedditUrl.ToString()), new("Platforms:Reddit:ClientId", $"app-{OmniId.New():N}"), new("Platforms:Reddit:ClientSecret", "secret"),
            new("Omni:DataDirectory", _folder),
        ]).AddInMemoryCollection(settings.Select(s => KeyValuePair.Create<string, string?>(s.Key, s.Value))).Build());
        services.AddSingleton(clock);
        services.AddOmniOptions();
        services.AddData(connectionString);
        services.AddEvents(null);
        services.AddChannelConnections();
        services.AddChannelIntake();
        services.AddChannelWorkers();
        services.AddMedia();
        services.AddInbox();
        more?.Invoke(services);
        services.AddSingleton<ISecrets>(Secrets);
        services.AddSingleton<IPublicAddress>(new Address());
        _services = services.BuildServiceProvider();
    }

    internal SimulatorServer Server { get; }

    /// <summary>The number connected last, to make it misbehave.</summary>
    internal SimulatedAccount Account { get; private set; } = null!;

    internal GraphSimulator Platform => Server.Simulator;

    // One key for all nodes of a test: they share a database.
    private static FakeSecrets Secrets { get; } = new();

    internal T Get<T>() where T : notnull => _services.GetRequiredService<T>();

    internal static Task<SpineServices> StartAsync(string connectionString, TimeProvider? clock = null, params (string Key, string Value)[] settings) =>
        StartAsync(connectionString, null, clock, settings);

    /// <summary>The same with further services of a feature.</summary>
    internal static async Task<SpineServices> StartAsync(
        string connectionString, Action<IServiceCollection>? more, TimeProvider? clock = null, params (string Key, string Value)[] settings)
    {
        var rig = new SpineServices(connectionString, await SimulatorServer.StartAsync(), clock ?? TimeProvider.System, settings, more);
        await rig.RunAsync(rig.Get<InboundStore>());
        return rig;
    }

    /// <summary>Starts the workers of this node.</summary>
    internal async Task StartWorkersAsync()
    {
        foreach (var worker in _services.GetServices<IHostedService>().Where(w => w is InboundWorker or SenderWorker or ProfileWorker or PollWorker or EventFeed))
        {
            await RunAsync(worker);
        }
    }

    /// <summary>A new organization's owner.</summary>
    internal async Task<Actor> GivenOwnerAsync(string name = "Fjord")
    {
        var organization = new Organization(name, $"team-{OmniId.New():N}", TimeProvider.System.GetUtcNow());
        var user = new User { Id = OmniId.New(), UserName = $"u{OmniId.New():N}", DisplayName = "Ann Berg", Email = $"{OmniId.New():N}@example.com" };
        await using var db = await Get<IOmniDbFactory>().OpenGlobalAsync(CancellationToken.None);
        db.Organizations.Add(organization);
        db.Users.Add(user);
        await db.CommitAsync(CancellationToken.None);
        return new Actor(user.Id, organization.Id, MemberRole.Owner, OmniId.New());
    }

    /// <summary>Connects a number of the simulated platform.</summary>
    internal async Task<Guid> GivenNumberAsync(Actor owner, string number, string? business = null, string? appSecret = null)
    {
        business ??= $"9{number}";
        Account = Platform.Register(new SimulatedAccount(number, business, $"token-of-{number}", appSecret ?? AppSecret)
        {
            Deliver = async (webhook, _) => (await AcceptAsync(webhook.Body, webhook.Signature, null, header: webhook.Header)).Refusal is null ? 200 : 503,
        });
        var entered = new Dictionary<string, string?> { ["phoneNumberId"] = number, ["businessAccountId"] = business, ["accessToken"] = $"token-of-{number}" };
        if (appSecret is not null)
        {
            (entered["appSecret"], entered["verifyToken"]) = (appSecret, "own-verify-word");
        }

        var connected = await Get<ChannelService>().ConnectAsync(owner, new ChannelDraft(ChannelKind.WhatsApp, $"Line {number}", entered), CancellationToken.None);
        Assert.True(connected.Refusal is null, connected.Refusal?.Message);
        return connected.Value.Id;
    }

    /// <summary>Connects a page or an Instagram account of the simulated platform.</summary>
    internal async Task<Guid> GivenPageAsync(Actor owner, ChannelKind kind, string account, string variant = "page")
    {
        var page = kind == ChannelKind.Instagram ? $"8{account}" : account;
        Account = Platform.Register(new SimulatedAccount(account, page, $"token-of-{account}", AppSecret)
        {
            Kind = kind,
            DisplayNumber = "kiosk",
            Deliver = async (webhook, _) => (await AcceptAsync(webhook.Body, webhook.Signature, null, kind, webhook.Header)).Refusal is null ? 200 : 503,
        });
        var entered = kind == ChannelKind.Instagram
            ? new Dictionary<string, string?> { ["accountId"] = account, ["variant"] = variant, ["pageId"] = page, ["accessToken"] = Account.AccessToken }
            : new Dictionary<string, string?> { ["pageId"] = account, ["accessToken"] = Account.AccessToken };
        var connected = await Get<ChannelService>().ConnectAsync(owner, new ChannelDraft(kind, $"Page {account}", entered), CancellationToken.None);
        Assert.True(connected.Refusal is null, connected.Refusal?.Message);
        return connected.Value.Id;
    }

    /// <summary>Connects a TikTok business account of the simulated platform.</summary>
    internal async Task<Guid> GivenBusinessAsync(Actor owner, string account)
    {
        Account = Platform.Register(new SimulatedAccount(account, "", $"token-of-{account}", AppSecret)
        {
            Kind = ChannelKind.TikTok,
            DisplayNumber = "fjord.tents",
            Deliver = async (webhook, _) => (await AcceptAsync(webhook.Body, webhook.Signature, null, ChannelKind.TikTok, webhook.Header)).Refusal is null ? 200 : 503,
        });
        var grant = Platform.TikTok.GrantOf(Account);
        var entered = new Dictionary<string, string?> { ["businessId"] = account, ["accessToken"] = grant.Access, ["refreshToken"] = grant.Refresh };
        var connected = await Get<ChannelService>().ConnectAsync(owner, new ChannelDraft(ChannelKind.TikTok, null, entered), CancellationToken.None);
        Assert.True(connected.Refusal is null, connected.Refusal?.Message);
        return connected.Value.Id;
    }

    /// <summary>Connects an account of the simulated Reddit.</summary>
    internal async Task<(Guid Channel, RedditMailbox Mailbox)> GivenRedditAsync(Actor owner, string username, bool comments = false)
    {
        Account = new SimulatedAccount(username, $"lasting-token-of-{username}", $"first-token-of-{username}", "") { Kind = ChannelKind.Reddit };
        var mailbox = Server.Reddit.Register(Account);
        var connected = await Get<ChannelService>().ConnectAsync(
            owner,
            new ChannelDraft(ChannelKind.Reddit, null, new Dictionary<string, string?> { ["username"] = $"u/{username.ToUpperInvariant()}", ["refreshToken"] = Account.BusinessAccountId }, new() { ["comments"] = comments }),
            CancellationToken.None);
        Assert.True(connected.Refusal is null, connected.Refusal?.Message);
        return (connected.Value.Id, mailbox);
    }

    /// <summary>Posts a delivery as the platform does, to the intake itself.</summary>
    internal Task<Result<AcceptedDelivery>> PostAsync(byte[] body, string secret = AppSecret, Guid? channelId = null, ChannelKind kind = ChannelKind.WhatsApp) =>
        kind == ChannelKind.TikTok
            ? AcceptAsync(body, TikTokSignature.Sign(body, secret, TimeProvider.System.GetUtcNow()), channelId, kind, TikTokSignature.Header)
            : AcceptAsync(body, MetaSignature.Sign(body, secret), channelId, kind);

    /// <summary>Posts deliveries one after the other and applies each before the next.</summary>
    internal Task ReceiveAsync(params byte[][] bodies) => ReceiveAsync(ChannelKind.WhatsApp, bodies);

    /// <summary>The same for another platform.</summary>
    internal async Task ReceiveAsync(ChannelKind kind, params byte[][] bodies)
    {
        foreach (var body in bodies)
        {
            Assert.Null((await PostAsync(body, kind: kind)).Refusal);
            await ApplyAsync();
        }
    }

    /// <summary>Lets the lanes run until nothing that is due waits.</summary>
    internal async Task ApplyAsync()
    {
        for (var round = 0; round < 100; round++)
        {
            var waiting = await RowsAsync("select distinct organization_id, channel_id, kind from inbound_queue where state in ('pending', 'failed') and channel_id is not null and next_at <= now()");
            if (waiting.Count == 0)
            {
                return;
            }

            foreach (var row in waiting)
            {
                await Get<InboundLane>().RunAsync((Guid)row[0]!, (Guid)row[1]!, Names.Parse<ChannelKind>((string)row[2]!), InboundLane.Full, CancellationToken.None);
            }
        }

        Assert.Fail("The queue does not become empty.");
    }

    /// <summary>Queues a reply.</summary>
    internal async Task<Guid> ReplyAsync(Actor actor, Guid conversation, string text)
    {
        var result = await Get<ReplyService>().ReplyAsync(actor, new ReplyDraft(conversation, OmniId.New()) { Text = text }, CancellationToken.None);
        Assert.True(result.Refusal is null, result.Refusal?.Message);
        return result.Value.Messages[0];
    }

    /// <summary>Reads one value behind all walls.</summary>
    internal async Task<T> QueryAsync<T>(string sql) => (T)(await RowsAsync(sql))[0][0]!;

    /// <summary>Changes rows behind all walls.</summary>
    internal Task ExecuteAsync(string sql) => RowsAsync(sql);

    /// <summary>Changes the schema, as its owner.</summary>
    internal async Task AlterAsync(string sql)
    {
        await using var command = Get<NpgsqlDataSource>().CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>Reads rows behind all walls.</summary>
    internal async Task<List<object?[]>> RowsAsync(string sql)
    {
        await using var batch = Get<NpgsqlDataSource>().CreateBatch();
        batch.BatchCommands.Add(Walls.AsWorker());
        batch.BatchCommands.Add(new NpgsqlBatchCommand(sql));
        await using var reader = await batch.ExecuteReaderAsync();
        await reader.NextResultAsync();
        var rows = new List<object?[]>();
        while (await reader.ReadAsync())
        {
            var row = new object[reader.FieldCount];
            reader.GetValues(row);
            rows.Add([.. row.Select(v => v is DBNull ? null : v)]);
        }

        return rows;
    }

    /// <summary>Rows as text, for comparing them at a glance.</summary>
    internal async Task<string> TextAsync(string sql)
    {
        var text = new StringBuilder();
        foreach (var row in await RowsAsync(sql))
        {
            text.Append(text.Length > 0 ? "; " : "").AppendJoin(", ", row.Select(v => v ?? "null"));
        }

        return text.ToString();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var service in Enumerable.Reverse(_running))
        {
            await service.StopAsync(CancellationToken.None);
        }

        await _services.DisposeAsync();
        await Server.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private Task<Result<AcceptedDelivery>> AcceptAsync(byte[] body, string signature, Guid? channelId, ChannelKind kind = ChannelKind.WhatsApp, string header = MetaSignature.Header) => Get<WebhookIntake>().AcceptAsync(
        kind, channelId, new WebhookDelivery(body, new Dictionary<string, string> { [header] = signature }), CancellationToken.None);

    private async Task RunAsync(IHostedService service)
    {
        await service.StartAsync(CancellationToken.None);
        _running.Add(service);
    }

    private sealed class Address : IPublicAddress
    {
        public string Of(string path) => $"https://omni.example{path}";
    }
}
