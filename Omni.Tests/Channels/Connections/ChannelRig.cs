using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Omni.Core.Channels;
using Omni.Core.Common;
using Omni.Core.Identity;
using Omni.Core.Tenancy;
using Omni.Infrastructure.Channels;
using Omni.Infrastructure.Data;
using Omni.Infrastructure.Events;
using Omni.Tests.Support;

namespace Omni.Tests.Channels.Connections;

/// <summary>The channels' services on a real database, with a platform that needs no network.</summary>
public sealed class ChannelRig : IAsyncLifetime
{
    private readonly DatabaseFixture _database = new();
    private ServiceProvider _services = null!;

    internal FakeAdapter Platform { get; } = new();

    internal ChannelService Channels => Get<ChannelService>();

    internal T Get<T>() where T : notnull => _services.GetRequiredService<T>();

    public async Task InitializeAsync()
    {
        await _database.InitializeAsync();
        _services = Build("installation-secret");
    }

    public async Task DisposeAsync()
    {
        await _services.DisposeAsync();
        await _database.DisposeAsync();
    }

    /// <summary>Services of one node.</summary>
    internal ServiceProvider Build(string appSecret)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(
            [new("Platforms:Meta:AppSecret", appSecret), new("Platforms:Meta:VerifyToken", "installation-word")]).Build());
        services.AddData(_database.ConnectionString);
        services.AddEvents(null);
        services.AddChannelConnections();
        services.AddOptions<MetaOptions>().BindConfiguration(MetaOptions.Section);
        services.AddSingleton<IChannelAdapters>(Platform);
        services.AddSingleton<ISecrets>(Secrets);
        services.AddSingleton<IPublicAddress>(new Address());
        return services.BuildServiceProvider();
    }

    private FakeSecrets Secrets { get; } = new();

    /// <summary>A new organization's administrator.</summary>
    internal async Task<Actor> GivenAdminAsync(MemberRole role = MemberRole.Admin)
    {
        var organization = new Organization("Team", $"team-{OmniId.New():N}", TimeProvider.System.GetUtcNow());
        await using var db = await Get<IOmniDbFactory>().OpenGlobalAsync(CancellationToken.None);
        db.Organizations.Add(organization);
        await db.CommitAsync(CancellationToken.None);
        return new Actor(OmniId.New(), organization.Id, role, OmniId.New());
    }

    /// <summary>What is entered for an account, with a token that reads it.</summary>
    internal static Dictionary<string, string?> Credentials(string account, string business = "900") => new()
    {
        ["phoneNumberId"] = account,
        ["businessAccountId"] = business,
        ["accessToken"] = $"token-of-{account}-0123456789abcd",
    };

    internal async Task<ConnectedChannel> GivenChannelAsync(Actor actor, string account, string? appSecret = null)
    {
        var entered = Credentials(account, $"9{account}");
        if (appSecret is not null)
        {
            entered["appSecret"] = appSecret;
        }

        return (await Channels.ConnectAsync(actor, new ChannelDraft(ChannelKind.WhatsApp, null, entered), CancellationToken.None)).Value;
    }

    /// <summary>A slice in the queue, as the intake leaves it.</summary>
    internal async Task<long> GivenSliceAsync(string account, string state, ConnectedChannel? channel = null, Guid? organizationId = null, Guid? verifiedBy = null, string body = "{\"a\":1}", string? slice = null)
    {
        var delivery = OmniId.New();
        await ExecuteAsync(
            "insert into webhook_deliveries (id, kind, verified_channel_id, body, headers, received_at) values ($1, 'whatsapp', $2, convert_to($3, 'UTF8'), '{\"user-agent\":\"p\"}', now())",
            delivery, (object?)verifiedBy ?? DBNull.Value, body);
        return (long)(await ScalarAsync(
            "insert into inbound_queue (delivery_id, kind, account_id, organization_id, channel_id, slice, state, attempts, next_at, error, received_at) values ($1, 'whatsapp', $2, $3, $4, convert_to($5, 'UTF8'), $6, 3, now(), 'why', now()) returning id",
            delivery, account, (object?)organizationId ?? DBNull.Value, (object?)channel?.Id ?? DBNull.Value, (object?)slice ?? DBNull.Value, state))!;
    }

    /// <summary>Runs SQL behind all walls.</summary>
    internal async Task ExecuteAsync(string sql, params object[] values) => await ScalarAsync(sql, values);

    /// <summary>Reads one value behind all walls.</summary>
    internal async Task<object?> ScalarAsync(string sql, params object[] values)
    {
        await using var batch = Get<NpgsqlDataSource>().CreateBatch();
        batch.BatchCommands.Add(Walls.AsWorker());
        var command = new NpgsqlBatchCommand(sql);
        foreach (var value in values)
        {
            command.Parameters.Add(value is DBNull ? new() { Value = value, NpgsqlDbType = sql.Contains("::text", StringComparison.Ordinal) ? NpgsqlTypes.NpgsqlDbType.Text : NpgsqlTypes.NpgsqlDbType.Unknown } : new() { Value = value });
        }

        batch.BatchCommands.Add(command);
        await using var reader = await batch.ExecuteReaderAsync();
        await reader.NextResultAsync();
        return await reader.ReadAsync() ? reader.GetValue(0) : null;
    }

    private sealed class Address : IPublicAddress
    {
        public string Of(string path) => $"https://omni.example{path}";
    }
}
