using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Omni.Core.Channels;
using Omni.Core.Common;
using Omni.Infrastructure.Channels.Meta;
using Omni.Infrastructure.Channels.Simulator;
using Omni.Infrastructure.Channels.WhatsApp;

namespace Omni.Tests.Channels.WhatsApp;

/// <summary>The adapter as the product registers it, against the simulated platform over real HTTP.</summary>
internal sealed class WhatsAppRig : IAsyncDisposable
{
    public const string NumberId = "700100200300401";
    public const string BusinessId = "800100200300400";
    public const string Person = "4915100000011";
    public const string Secret = "rig-app-secret";

    private readonly SimulatorServer _server;
    private readonly ServiceProvider _services;

    private WhatsAppRig(SimulatorServer server, SimulatedAccount account, Action<IServiceCollection>? configure)
    {
        _server = server;
        _services = Build(server.Url, configure);
        Account = server.Simulator.Register(account);
    }

    public WhatsAppChannel Channel => _services.GetRequiredService<WhatsAppChannel>();

    public GraphSimulator Simulator => _server.Simulator;

    public SimulatedAccount Account { get; }

    public ChannelAccess Access { get; init; } = AccessWith("rig-token");

    public static async Task<WhatsAppRig> StartAsync(Func<SimulatedAccount, SimulatedAccount>? change = null, Action<IServiceCollection>? configure = null)
    {
        var account = new SimulatedAccount(NumberId, BusinessId, "rig-token", Secret) { DisplayNumber = "+49 30 555010", Name = "Kiosk" };
        return new WhatsAppRig(await SimulatorServer.StartAsync(), change?.Invoke(account) ?? account, configure);
    }

    public static ServiceProvider Services(Uri graph, params (string Key, string Value)[] more) => Build(graph, null, more);

    private static ServiceProvider Build(Uri graph, Action<IServiceCollection>? configure, params (string Key, string Value)[] more)
    {
        var settings = new Dictionary<string, string?> { [$"{MetaOptions.Section}:GraphUrl"] = graph.ToString() };
        foreach (var (key, value) in more)
        {
            settings[$"{MetaOptions.Section}:{key}"] = value;
        }

        var services = new ServiceCollection()
            .AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(settings).Build())
            .AddLogging()
            .AddMetaPlatforms();
        configure?.Invoke(services);
        return services.BuildServiceProvider();
    }

    public static ChannelAccess AccessWith(string token, string number = NumberId, string business = BusinessId, bool sandbox = false) =>
        new(number, new Dictionary<string, string> { ["accessToken"] = token, ["phoneNumberId"] = number, ["businessAccountId"] = business }, sandbox);

    public static OutboundMessage Text(string text = "Hallo") => new() { Id = OmniId.New(), Recipients = [Person], Type = "text", Text = text };

    public static OutboundMessage WithFile(string type, string mime, string name, string? text = null) => new()
    {
        Id = OmniId.New(),
        Recipients = [Person],
        Type = type,
        Text = text,
        Media = File(type, mime, name),
    };

    public static OutboundMedia File(string type, string mime, string name)
    {
        var content = Encoding.UTF8.GetBytes($"content of {name}");
        return new OutboundMedia(type, mime, name, content.Length, _ => Task.FromResult<Stream>(new MemoryStream(content)));
    }

    public static JsonObject Template(string id, string name, string body, string status = "APPROVED") => new()
    {
        ["id"] = id,
        ["name"] = name,
        ["language"] = "de",
        ["category"] = "UTILITY",
        ["status"] = status,
        ["components"] = new JsonArray(new JsonObject { ["type"] = "BODY", ["text"] = body }),
    };

    public Task<SendOutcome> SendAsync(OutboundMessage message) => Channel.SendAsync(message, Access, CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        await _server.DisposeAsync();
    }
}
