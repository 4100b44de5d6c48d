using System.Text.Json.Nodes;
using Microsoft.Playwright;
using Omni.Tests.Identity;
using Omni.Tests.Support;

namespace Omni.Tests.Browser.Widget;

/// <summary>The real program and a foreign site, once for a class; each test makes a chat of its own.</summary>
public sealed class WidgetRig : IAsyncLifetime
{
    private readonly DatabaseFixture _database = new();

    internal SpineRig Spine { get; private set; } = null!;

    internal HostSite Site { get; private set; } = null!;

    /// <summary>Where the program's letters go.</summary>
    internal SmtpServer Mail { get; } = new();

    internal string Origin => Spine.Omni.Address.GetLeftPart(UriPartial.Authority);

    public async Task InitializeAsync()
    {
        await _database.InitializeAsync();
        Spine = await SpineRig.StartAsync(
            _database.ConnectionString, "--Omni:Widget:AddressVisitorsPerMinute=1000", "--Omni:Widget:MailAfterSeconds=2",
            "--Smtp:Host=127.0.0.1", $"--Smtp:Port={Mail.Port}", "--Smtp:From=omni@example.com", "--Smtp:Security=none");
        Site = await HostSite.StartAsync();
    }

    public async Task DisposeAsync()
    {
        await Site.DisposeAsync();
        await Spine.DisposeAsync();
        await Mail.DisposeAsync();
        await _database.DisposeAsync();
    }

    /// <summary>Makes a chat that the foreign site may show.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="settings">Further settings.</param>
    internal async Task<WidgetAccount> CreateAsync(string name, JsonObject? settings = null)
    {
        settings ??= [];
        settings["sites"] = new JsonArray(Site.Origin);
        settings["hours"] ??= new JsonArray([.. Enum.GetNames<DayOfWeek>().Select(d => (JsonNode)new JsonObject { ["day"] = char.ToLowerInvariant(d[0]) + d[1..], ["from"] = "00:00", ["to"] = "00:00" })]);
        var made = await Spine.CallAsync(HttpMethod.Post, "/api/v1/channels", new { kind = "widget", name, settings });
        return new WidgetAccount(made!["id"]!.GetValue<Guid>(), made["externalAccountId"]!.GetValue<string>());
    }

    /// <summary>The snippet as the settings show it.</summary>
    internal string Snippet(WidgetAccount account, string? origin = null) => $"<script type=\"module\" src=\"{origin ?? Origin}/widget.js\" data-site=\"{account.SiteKey}\"></script>";

    /// <summary>The messages of a chat's conversations, oldest first, as the database has them; empty before there is one.</summary>
    internal async Task<IReadOnlyList<string>> TalkAsync(WidgetAccount account) =>
        (await Spine.QueryAsync<string>($"select coalesce(string_agg(m.direction || ': ' || m.text, '|' order by m.seq), '') from messages m join conversations c on c.id = m.conversation_id where c.channel_id = '{account.Id}'"))
            .Split('|', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Answers as the owner, as soon as there is a conversation.</summary>
    internal async Task AnswerAsync(WidgetAccount account, string text)
    {
        await Eventually.HoldsAsync(async () => (await TalkAsync(account)).Count > 0, "the inbox has the conversation");
        var talk = await Spine.QueryAsync<Guid>($"select id from conversations where channel_id = '{account.Id}'");
        await Spine.CallAsync(HttpMethod.Post, $"/api/v1/conversations/{talk}/messages", new { text, clientId = Guid.NewGuid() });
    }

    /// <summary>Keeps a picture for a look by eye when <c>OMNI_SCREENSHOTS</c> names a folder.</summary>
    internal static async Task PictureAsync(IPage page, string name)
    {
        if (Environment.GetEnvironmentVariable("OMNI_SCREENSHOTS") is { Length: > 0 } folder)
        {
            await page.ScreenshotAsync(new() { Path = Path.Combine(folder, $"widget-{name}.png") });
        }
    }
}

/// <summary>One website chat.</summary>
/// <param name="Id">The channel.</param>
/// <param name="SiteKey">Its public name.</param>
internal sealed record WidgetAccount(Guid Id, string SiteKey);
