using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using OmniId = Omni.Core.Common.OmniId;
using Omni.Tests.Browser;
using Omni.Tests.Support;

namespace Omni.Tests.Notifications;

/// <summary>What Bo sees and hears, in a real browser on the real program.</summary>
[Collection("Browser")]
public sealed class NotificationBrowserTests(BrowserFixture browsers, NotificationSite site) : IClassFixture<NotificationSite>, IAsyncLifetime
{
    private IBrowserContext _context = null!;
    private IPage _page = null!;
    private ICDPSession? _devtools;
    private string _worker = "";
    private int _asked;

    public async Task InitializeAsync()
    {
        _context = await browsers.Browser.NewContextAsync(new() { BaseURL = site.Rig.Omni.Address.ToString(), ViewportSize = new() { Width = 1440, Height = 900 }, ColorScheme = ColorScheme.Light });
        await _context.GrantPermissionsAsync(["notifications"]);
        _page = await _context.NewPageAsync();
        await _page.GotoAsync("/signin");
        await _page.Locator("input[type=email]").FillAsync(NotificationSite.BoEmail);
        await _page.Locator("input[type=password]").FillAsync(SpineRig.Password);
        await _page.Keyboard.PressAsync("Enter");
        await _page.Locator(".shell").WaitForAsync();
        await site.CallAsBoAsync(HttpMethod.Post, "/api/v1/notifications/read", new { all = true });
    }

    public async Task DisposeAsync() => await _context.DisposeAsync();

    [Fact]
    public async Task The_bell_counts_rings_and_leads_to_the_very_message()
    {
        await _page.GotoAsync("/settings/profile");
        await LiveAsync();
        await _page.Locator("h1").ClickAsync(); // browsers ring only on pages that somebody has touched
        var (conversation, _) = await site.WriteToBoAsync("Leila Haddad", "4790213377", [.. Enumerable.Range(1, 60).Select(i => $"line {i}")]);
        await Assertions.Expect(_page).ToHaveTitleAsync(new Regex(@"^\(1\) "), new() { Timeout = 15_000 });
        await Assertions.Expect(_page.Locator("html")).ToHaveAttributeAsync("data-rang", "1", new() { Timeout = 10_000 });
        var early = await site.Rig.QueryAsync<Guid>("select id from messages where text = 'line 3'");
        await site.Rig.CallAsync(HttpMethod.Post, $"/api/v1/conversations/{conversation}/messages", new { kind = "note", text = "@Bo Dahl look at the third line", mentions = new[] { site.Bo } });
        await Assertions.Expect(_page).ToHaveTitleAsync(new Regex(@"^\(2\) "), new() { Timeout = 15_000 });

        await _page.GetByRole(AriaRole.Button, new() { Name = "Notifications: 2 unread" }).ClickAsync();
        await Assertions.Expect(_page.Locator(".alert")).ToHaveCountAsync(await CountAsync());
        await ShotAsync("bell");
        await Axe.HoldsAsync(_page, "the bell's panel");
        await _page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Dark });
        await ShotAsync("bell-dark");
        await Axe.HoldsAsync(_page, "the bell's panel, dark");

        await _page.Locator(".alert").Filter(new() { HasText = "mentioned you" }).ClickAsync();
        await Assertions.Expect(_page).ToHaveURLAsync(new Regex($"/inbox/all/{conversation}\\?message="));
        await Assertions.Expect(_page.Locator(".note")).ToBeInViewportAsync();
        await Assertions.Expect(_page.Locator(".note .mention")).ToHaveTextAsync("@Bo Dahl");

        // A message far up is fetched and shown, also from a link that is opened afresh.
        await _page.GotoAsync($"/inbox/all/{conversation}?message={early}");
        await Assertions.Expect(_page.Locator($"#m{early:N}")).ToBeInViewportAsync(new() { Timeout = 15_000 });
        await Assertions.Expect(_page.Locator($"#m{early:N}")).ToBeFocusedAsync();
        await ShotAsync("message");
        await site.CallAsBoAsync(HttpMethod.Post, "/api/v1/notifications/read", new { all = true });
        await Assertions.Expect(_page).ToHaveTitleAsync(new Regex("^(?!\\()"), new() { Timeout = 10_000 });
    }

    [Fact]
    public async Task A_push_is_shown_and_leads_to_the_very_message()
    {
        var (conversation, message) = await site.WriteToBoAsync("Tomas Rivera", "4790213388", "is the green one back?");
        await _page.GotoAsync("/settings/notifications");
        await LiveAsync();
        await Assertions.Expect(_page.Locator("omni-push .chip")).ToHaveTextAsync(new Regex("Off|Not possible"));
        var url = $"/inbox/all/{conversation}?message={message}";
        var said = new JsonObject { ["id"] = OmniId.New(), ["title"] = "Tomas Rivera", ["body"] = "is the green one back?", ["url"] = url, ["tag"] = "t", ["conversation"] = conversation, ["at"] = 0, ["unread"] = 3 };
        // Asking the browser for its notifications while one is about to come up makes it forget that one: the worker's own calls are counted.
        await AttachAsync();
        await InWorkerAsync("""
            self.shown = [];
            const show = registration.showNotification.bind(registration);
            registration.showNotification = async (title, options) => { await show(title, options); self.shown.push(title); };
            """);
        await DeliverAsync(said.ToJsonString());
        await Eventually.HoldsAsync(async () => await InWorkerAsync("shown.join()") == "Tomas Rivera", "the push is shown");
        Assert.Equal(JsonSerializer.Serialize<string[][]>([["Tomas Rivera", "is the green one back?", url, "t"]]), await _page.EvaluateAsync<string>(
            "async () => JSON.stringify((await (await navigator.serviceWorker.ready).getNotifications()).map(n => [n.title, n.body, n.data.url, n.tag]))"));

        await InWorkerAsync($"lead({JsonSerializer.Serialize(url)}), ''"); // what a click does; the click itself is the system's
        await Assertions.Expect(_page).ToHaveURLAsync(new Regex(Regex.Escape(url)));
        await Assertions.Expect(_page.Locator($"#m{message:N}")).ToBeInViewportAsync();
        await Assertions.Expect(_page.Locator($"#m{message:N}")).ToBeFocusedAsync();

        // Before the reader's eyes the same push is silent; one that follows it is not.
        await _page.BringToFrontAsync();
        await DeliverAsync(said.ToJsonString());
        await DeliverAsync("""{"id":"","title":"Another","body":"","url":"/inbox","tag":"o","conversation":"another","at":0,"unread":0}""");
        await Eventually.HoldsAsync(async () => await InWorkerAsync("shown.join()") == "Tomas Rivera,Another", "only the other push is shown");
    }

    [Fact]
    public async Task Without_a_line_there_is_a_page_that_goes_on_by_itself_and_the_app_can_be_installed()
    {
        await _page.GotoAsync("/inbox/mine");
        await _page.EvaluateAsync("async () => { await navigator.serviceWorker.ready; while (!navigator.serviceWorker.controller) await new Promise(r => navigator.serviceWorker.addEventListener('controllerchange', r, { once: true })); }");
        var devtools = await _context.NewCDPSessionAsync(_page);
        var manifest = await devtools.SendAsync("Page.getAppManifest");
        Assert.Equal(0, manifest!.Value.GetProperty("errors").GetArrayLength());
        var missing = await devtools.SendAsync("Page.getInstallabilityErrors");
        Assert.DoesNotContain(missing!.Value.GetProperty("installabilityErrors").EnumerateArray(), e => e.GetProperty("errorId").GetString() != "in-incognito");
        Assert.Equal("[\"/offline.css\",\"/offline.html\",\"/offline.js\"]", await _page.EvaluateAsync<string>(
            "async () => JSON.stringify((await Promise.all((await caches.keys()).map(async n => (await (await caches.open(n)).keys()).map(r => new URL(r.url).pathname)))).flat().sort())"));

        await _context.SetOfflineAsync(true);
        await _page.GotoAsync("/inbox/all", new() { WaitUntil = WaitUntilState.DOMContentLoaded });
        await _page.GetByRole(AriaRole.Heading, new() { Name = "No connection" }).WaitForAsync();
        Assert.NotEqual("Times New Roman", await _page.EvaluateAsync<string>("getComputedStyle(document.body).fontFamily"));
        await ShotAsync("offline");
        await _page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Dark });
        await ShotAsync("offline-dark");
        await Axe.HoldsAsync(_page, "the page without a line");
        await _context.SetOfflineAsync(false);
        await _page.Locator(".shell").WaitForAsync(new() { Timeout = 15_000 });
        Assert.EndsWith("/inbox/all", _page.Url);
    }

    [Fact]
    public async Task Settings_are_kept_and_the_test_reaches_the_bell()
    {
        await _page.GotoAsync("/settings/notifications");
        await LiveAsync();
        await ShotAsync("settings");
        await _page.GetByLabel("New conversation: in Omni").CheckAsync();
        await _page.GetByLabel("New message: push").UncheckAsync();
        await _page.GetByLabel("Every day").CheckAsync();
        await _page.GetByLabel("Time zone").FillAsync("Nowhere/Land");
        await _page.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await _page.GetByText("The name of a time zone is expected").WaitForAsync();
        await _page.GetByLabel("Time zone").FillAsync("Europe/Oslo");
        await _page.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await _page.GetByText("Saved.").WaitForAsync();

        var kept = (await site.CallAsBoAsync(HttpMethod.Get, "/api/v1/users/me/settings"))!["notifications"]!;
        Assert.True(kept["events"]!["unassigned"]!["inApp"]!.GetValue<bool>());
        Assert.False(kept["events"]!["message"]!["push"]!.GetValue<bool>());
        Assert.Equal("Europe/Oslo", kept["quietHours"]!["zone"]!.GetValue<string>());

        await _page.GetByRole(AriaRole.Button, new() { Name = "Send me a test" }).ClickAsync();
        await _page.GetByText("The test is in the bell").WaitForAsync();
        await _page.SetViewportSizeAsync(390, 844);
        await _page.GetByRole(AriaRole.Button, new() { NameRegex = new Regex("^Alerts: \\d+ unread") }).ClickAsync();
        await Assertions.Expect(_page.Locator(".alert").Filter(new() { HasText = "This is a test" }).First).ToBeInViewportAsync(new() { Ratio = 1 });
        await ShotAsync("bell-phone");
        await _page.Keyboard.PressAsync("Escape");
        await ShotAsync("settings-phone", whole: true);
        await _page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Dark });
        await ShotAsync("settings-phone-dark", whole: true);
        Assert.False(await _page.EvaluateAsync<bool>("document.documentElement.scrollWidth > innerWidth"));
        await _page.SetViewportSizeAsync(1440, 900);
        await ShotAsync("settings-dark");
        await site.CallAsBoAsync(HttpMethod.Patch, "/api/v1/users/me/settings", new JsonObject { ["notifications"] = null });
    }

    [Fact]
    public async Task At_signs_in_a_note_name_colleagues()
    {
        var (conversation, _) = await site.WriteToBoAsync("Hanna Lindqvist", "4790213399", "does it run small?");
        await _page.GotoAsync($"/inbox/all/{conversation}");
        await LiveAsync();
        await _page.GetByRole(AriaRole.Tab, new() { Name = "Note" }).ClickAsync();
        var text = _page.Locator("omni-composer textarea");
        await text.PressSequentiallyAsync("@an");
        await _page.GetByRole(AriaRole.Option, new() { Name = "Ann Berg" }).WaitForAsync();
        await ShotAsync("mention");
        await _page.Keyboard.PressAsync("Enter");
        await text.PressSequentiallyAsync("what do you think?");
        await _page.Keyboard.PressAsync("Control+Enter");
        await _page.Locator(".note .mention").Filter(new() { HasText = "@Ann Berg" }).WaitForAsync();

        await Eventually.HoldsAsync(
            async () => (await site.Rig.CallAsync(HttpMethod.Get, "/api/v1/notifications?unread=true"))!.AsArray().Any(n => n!["title"]!.ToString() == "Bo Dahl mentioned you" && n["kind"]!.ToString() == "mention"),
            "Ann is told");
    }

    private async Task<int> CountAsync() => (await site.CallAsBoAsync(HttpMethod.Get, "/api/v1/notifications?limit=20"))!.AsArray().Count;

    /// <summary>The circuit stands: from here on clicks count and news arrive.</summary>
    private async Task LiveAsync() => await _page.Locator("omni-live[data-up]").WaitForAsync(new() { State = WaitForSelectorState.Attached });

    /// <summary>Ties the test to this window's service worker, which then is not put to sleep.</summary>
    private async Task AttachAsync()
    {
        // Workers of windows that were closed live on for a while: the one of this window's profile is meant.
        var own = (await (await _context.NewCDPSessionAsync(_page)).SendAsync("Target.getTargetInfo"))!.Value.GetProperty("targetInfo").GetProperty("browserContextId").GetString();
        _devtools = await browsers.Browser.NewBrowserCDPSessionAsync();
        var targets = await _devtools.SendAsync("Target.getTargets");
        var worker = targets!.Value.GetProperty("targetInfos").EnumerateArray()
            .Single(t => t.GetProperty("type").GetString() == "service_worker" && t.TryGetProperty("browserContextId", out var profile) && profile.GetString() == own);
        _worker = (await _devtools.SendAsync("Target.attachToTarget", new Dictionary<string, object> { ["targetId"] = worker.GetProperty("targetId").GetString()!, ["flatten"] = false }))!.Value.GetProperty("sessionId").GetString()!;
    }

    /// <summary>Runs something inside the service worker.</summary>
    private async Task<string> InWorkerAsync(string expression)
    {
        var answered = new TaskCompletionSource<JsonNode>();
        var message = new JsonObject { ["id"] = ++_asked, ["method"] = "Runtime.evaluate", ["params"] = new JsonObject { ["expression"] = expression } };
        void Hear(object? sender, JsonElement? e)
        {
            var answer = JsonNode.Parse(e!.Value.GetProperty("message").GetString()!)!;
            if (answer["id"]?.GetValue<int>() == message["id"]!.GetValue<int>())
            {
                answered.TrySetResult(answer["result"]!);
            }
        }

        var heard = _devtools!.Event("Target.receivedMessageFromTarget");
        heard.OnEvent += Hear;
        await _devtools.SendAsync("Target.sendMessageToTarget", new Dictionary<string, object> { ["sessionId"] = _worker, ["message"] = message.ToJsonString() });
        var result = await answered.Task.WaitAsync(TimeSpan.FromSeconds(10));
        heard.OnEvent -= Hear;
        Assert.True(result["exceptionDetails"] is null, result.ToJsonString());
        return result["result"]?["value"]?.ToString() ?? "";
    }

    /// <summary>Hands a message to the service worker as the browser's push service does.</summary>
    private async Task DeliverAsync(string data)
    {
        await _page.EvaluateAsync("async () => { await navigator.serviceWorker.ready; }");
        var devtools = await _context.NewCDPSessionAsync(_page);
        var registered = new TaskCompletionSource<string>();
        devtools.Event("ServiceWorker.workerRegistrationUpdated").OnEvent += (_, e) =>
        {
            foreach (var registration in e!.Value.GetProperty("registrations").EnumerateArray())
            {
                registered.TrySetResult(registration.GetProperty("registrationId").GetString()!);
            }
        };
        await devtools.SendAsync("ServiceWorker.enable");
        await devtools.SendAsync("ServiceWorker.deliverPushMessage", new Dictionary<string, object>
        {
            ["origin"] = site.Rig.Omni.Address.GetLeftPart(UriPartial.Authority), ["registrationId"] = await registered.Task.WaitAsync(TimeSpan.FromSeconds(10)), ["data"] = data,
        });
        await devtools.DetachAsync();
    }

    private async Task ShotAsync(string name, bool whole = false)
    {
        if (Environment.GetEnvironmentVariable("OMNI_SCREENSHOTS") is { Length: > 0 } folder)
        {
            await _page.ScreenshotAsync(new() { Path = Path.Combine(folder, $"notifications-{name}.png"), FullPage = whole });
        }
    }
}
