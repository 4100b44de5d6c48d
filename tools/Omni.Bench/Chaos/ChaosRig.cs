using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Npgsql;
using Omni.Bench.Rig;
using Omni.Core.Identity;
using Omni.Infrastructure.Channels.Simulator;
using Omni.Infrastructure.Data.Embedded;

namespace Omni.Bench.Chaos;

/// <summary>Everything a run needs: PostgreSQL, Redis, the platform, two programs, organizations with a number each.</summary>
internal sealed class ChaosRig : IAsyncDisposable
{
    private const string Secret = "chaos-app-secret";
    private const int Connections = 20; // of each program; the server has 60
    private const int FirstPort = 21_000;

    private readonly string _marker = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4));
    private readonly List<DirectoryInfo> _folders = [];
    private readonly List<TextWriter> _logs = [];

    private ChaosRig(ChaosPlan plan, BenchDatabase database, string owner, SimulatorServer platform, ChaosRedis redis, SmallDisk? disk, FakeClock? clock) =>
        (Plan, Database, Owner, Platform, Redis, Disk, Clock) = (plan, database, owner, platform, redis, disk, clock);

    /// <summary>How much happens.</summary>
    internal ChaosPlan Plan { get; }

    /// <summary>The database server, which is started again when it dies.</summary>
    internal BenchDatabase Database { get; }

    /// <summary>Connects as the owner of the tables, past the walls.</summary>
    internal string Owner { get; }

    /// <summary>The platform.</summary>
    internal SimulatorServer Platform { get; }

    /// <summary>Redis.</summary>
    internal ChaosRedis Redis { get; }

    /// <summary>Where the deliveries are stored; null where nothing can be mounted.</summary>
    internal SmallDisk? Disk { get; }

    /// <summary>The clock of the second program; null where libfaketime is missing.</summary>
    internal FakeClock? Clock { get; }

    /// <summary>The programs.</summary>
    internal List<ChaosNode> Nodes { get; } = [];

    /// <summary>The organizations.</summary>
    internal List<ChaosTenant> Tenants { get; } = [];

    /// <summary>Client for everything; a call that takes longer than a platform would wait is given up.</summary>
    internal HttpClient Http { get; } = new() { Timeout = TimeSpan.FromSeconds(10) };

    /// <summary>Starts everything.</summary>
    /// <param name="plan">How much.</param>
    /// <param name="control">What is switched off.</param>
    /// <param name="program">Omni.Web.dll.</param>
    /// <param name="logs">A folder for the programs' output; empty for none.</param>
    /// <param name="ct">Gives up.</param>
    internal static async Task<ChaosRig> StartAsync(ChaosPlan plan, ChaosControl control, string program, string logs, CancellationToken ct)
    {
        var database = await BenchDatabase.StartAsync(isProfiled: false, ct);
        var owner = await database.CreateAsync(BenchDatabase.Product, ct);
        var redis = new ChaosRedis(ChaosNode.FreePort(FirstPort));
        await redis.StartAsync(ct);
        var rig = new ChaosRig(plan, database, owner, await SimulatorServer.StartAsync(ct: ct), redis, await SmallDisk.MountAsync(ct), FakeClock.Find());
        try
        {
            await rig.StartNodesAsync(control, program, logs, ct);
            for (var i = 0; i < plan.Tenants; i++)
            {
                rig.Tenants.Add(await rig.ConnectAsync(i, ct));
            }

            await rig.MoveDeliveriesAsync(ct);
            await ChaosControls.ApplyAsync(control, owner, ct);
            return rig;
        }
        catch
        {
            await rig.DisposeAsync();
            throw;
        }
    }

    /// <summary>A program by chance: callers do not know which one is well.</summary>
    internal ChaosNode AnyNode() => Nodes[Random.Shared.Next(Nodes.Count)];

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var node in Nodes)
        {
            await node.DisposeAsync();
        }

        Http.Dispose();
        await Platform.DisposeAsync();
        await Redis.DisposeAsync();
        NpgsqlConnection.ClearAllPools();
        await Database.DisposeAsync();
        if (Disk is not null)
        {
            await Disk.DisposeAsync();
        }

        Clock?.Dispose();
        _logs.ForEach(log => log.Dispose());
        _folders.ForEach(folder => folder.Delete(recursive: true));
    }

    private async Task StartNodesAsync(ChaosControl control, string program, string logs, CancellationToken ct)
    {
        var key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));
        var connection = new NpgsqlConnectionStringBuilder(Owner) { MaxPoolSize = Connections }.ConnectionString;
        var port = FirstPort + 100;
        for (var i = 0; i < 2; i++)
        {
            var folder = Directory.CreateTempSubdirectory("omni-chaos-");
            _folders.Add(folder);
            TextWriter? log = null;
            if (logs.Length > 0)
            {
                log = TextWriter.Synchronized(new StreamWriter(Path.Combine(Directory.CreateDirectory(logs).FullName, $"node{i}.log")) { AutoFlush = true });
                _logs.Add(log);
            }

            string[] settings =
            [
                $"--ConnectionStrings:Postgres={connection}", $"--ConnectionStrings:Redis={Redis.ConnectionString}", $"--Omni:DataDirectory={folder.FullName}",
                $"--Omni:MasterKey={key}", "--Omni:Registration=open", "--Omni:TrustedProxies=127.0.0.1", "--Omni:Logs=text",
                "--Omni:Limits:TokenPerMinute=100000", "--Omni:Limits:TokenBurst=100000",
                FormattableString.Invariant($"--Omni:Sending:LeaseSeconds={(int)Plan.Lease.TotalSeconds}"), "--Omni:Sending:UnknownSeconds=5",
                $"--Platforms:Meta:GraphUrl={Platform.Url}", $"--Platforms:Meta:AppSecret={Secret}", "--Platforms:Meta:VerifyToken=chaos-verify",
            ];
            var environment = new Dictionary<string, string>(ChaosControls.Environment(control));
            foreach (var (name, value) in i == 1 && Clock is not null ? Clock.Environment : new Dictionary<string, string>())
            {
                environment[name] = value;
            }

            port = ChaosNode.FreePort(port + 1);
            var node = new ChaosNode(program, settings, environment, port, log);
            Nodes.Add(node);
            await node.StartAsync(ct);
        }
    }

    private async Task<ChaosTenant> ConnectAsync(int index, CancellationToken ct)
    {
        var mark = $"{_marker}t{index:000}";
        var (number, business, token) = ($"7009002003{index:000}", $"8009002003{index:000}", $"chaos-token-{index}");
        var address = index == 0 ? null : $"10.7.{index / 200}.{1 + (index % 200)}"; // the first account is made from the machine itself
        var account = Platform.Simulator.Register(new SimulatedAccount(number, business, token, Secret) { Deliver = DeliverAsync, Behaviour = Faults.Usual });
        var made = await PostAsync("/api/v1/auth/register", null, address, new { email = $"owner{index}@example.com", password = "correct horse fjord", displayName = $"Owner {mark}", organizationName = $"Organization {mark}" }, ct);
        var access = made["accessToken"]!.GetValue<string>();
        var organization = made["organization"]!["id"]!.GetValue<Guid>();
        var channel = await PostAsync("/api/v1/channels", access, address, new { kind = "whatsapp", name = $"Line {mark}", credentials = new { phoneNumberId = number, businessAccountId = business, accessToken = token } }, ct);
        var personal = await PostAsync("/api/v1/auth/tokens", access, address, new { name = "chaos", scopes = ApiScopes.All, expiresAt = DateTimeOffset.UtcNow.AddDays(2) }, ct);
        return new ChaosTenant(index, mark, organization, channel["id"]!.GetValue<Guid>(), account, personal["token"]!.GetValue<string>());
    }

    private async Task<JsonNode> PostAsync(string path, string? token, string? address, object body, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(Nodes[0].Address, path)) { Content = JsonContent.Create(body) };
        if (address is not null)
        {
            request.Headers.Add("X-Forwarded-For", address);
        }

        request.Headers.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        using var answer = await Http.SendAsync(request, ct);
        var text = await answer.Content.ReadAsStringAsync(ct);
        return answer.IsSuccessStatusCode ? JsonNode.Parse(text)!["data"]! : throw new InvalidOperationException($"{path}: {(int)answer.StatusCode} {text}");
    }

    /// <summary>States that the platform reports; it repeats what is not answered 200.</summary>
    private Task<int> DeliverAsync(SimulatedDelivery delivery, CancellationToken ct) => WebhookPost.SendAsync(Http, AnyNode().Address, delivery.Body, delivery.Signature, ct);

    private async Task MoveDeliveriesAsync(CancellationToken ct)
    {
        if (Disk is null)
        {
            return;
        }

        await using var connection = new NpgsqlConnection(Database.AsSuperuser(BenchDatabase.Product));
        await connection.OpenAsync(ct);
        await using var where = new NpgsqlCommand("show data_directory", connection);
        var cluster = (string)(await where.ExecuteScalarAsync(ct))!;
        var folder = Directory.CreateDirectory(Path.Combine(Disk.Folder, "tablespace")).FullName;
        await ChildProcess.RunAsync("chown", [$"--reference={cluster}", folder], ct);
        await using var make = new NpgsqlCommand($"create tablespace small owner {Cluster.Login} location '{folder}'", connection);
        await make.ExecuteNonQueryAsync(ct);
        await BenchDatabase.ExecuteAsync(Owner, "alter table webhook_deliveries set tablespace small", ct);
    }
}
