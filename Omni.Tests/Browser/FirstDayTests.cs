using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Omni.Infrastructure.Channels.Simulator;
using Omni.Tests.Support;

namespace Omni.Tests.Browser;

/// <summary>What somebody does on the first day, on the real program with its own embedded database and a simulated platform behind it.</summary>
[Collection("Browser")]
public sealed class FirstDayTests(BrowserFixture fixture)
{
    private const string NumberId = "700100200300601";
    private static readonly SimulatedPerson Leila = new("4790213377", "Leila Haddad");

    [Fact]
    public async Task From_the_first_start_to_an_answered_message()
    {
        await using var day = await Day.BeginAsync(fixture);
        var page = await day.OpenAsync();
        await day.RegisterAsync(page);
        await Assertions.Expect(page.GetByRole(AriaRole.Link, new() { Name = "Open: Try the sandbox" }).First).ToHaveAttributeAsync("href", "/sandbox");
        await day.ShotAsync(page, "first-inbox");
        await day.ConnectAsync(page);
        await page.GotoAsync("/inbox/unassigned");
        await page.GetByText("Unassigned").First.WaitForAsync();

        await day.Platform.ReceiveFromCustomerAsync(NumberId, Leila, "Hi! One of the poles on my Fjell 2 tent snapped. Is that covered?");
        var row = page.GetByRole(AriaRole.Option, new() { NameRegex = new Regex("Leila Haddad") });
        await row.WaitForAsync();
        await day.ShotAsync(page, "message-arrived");
        await row.ClickAsync();
        await page.Locator(".bubble").GetByText("Is that covered?").WaitForAsync();

        await page.Locator("omni-composer textarea").FillAsync("That is covered, Leila. A full pole set is on the house.");
        await page.Keyboard.PressAsync("Control+Enter");
        var own = page.Locator(".msg--out").Filter(new() { HasText = "on the house" });
        await own.WaitForAsync();
        await Assertions.Expect(own.GetByText("Read", new() { Exact = true })).ToBeAttachedAsync(new() { Timeout = 15_000 });
        await Assertions.Expect(page.Locator(".msg--out")).ToHaveCountAsync(1);
        await day.ShotAsync(page, "answered");
        Assert.Equal("That is covered, Leila. A full pole set is on the house.", Assert.Single(day.Sent()).Text);

        await page.GetByRole(AriaRole.Button, new() { Name = "Resolve", Exact = true }).First.ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Option, new() { NameRegex = new Regex("Leila Haddad") })).ToHaveCountAsync(0);
        await day.ShotAsync(page, "resolved");
    }

    [Fact]
    public async Task The_first_minutes_lead_from_the_checklist_to_an_answered_visitor_and_a_played_customer()
    {
        await using var day = await Day.BeginAsync(fixture);
        var page = await day.OpenAsync();
        await day.RegisterAsync(page);
        var steps = page.GetByRole(AriaRole.Region, new() { Name = "First steps" }).First;
        await Assertions.Expect(steps.GetByRole(AriaRole.Status)).ToHaveTextAsync("0 of 4 done");

        // A chat for the website, tried on the made-up shop.
        await steps.GetByRole(AriaRole.Link, new() { Name = "Set up: Put the chat on your website" }).ClickAsync();
        await Assertions.Expect(page).ToHaveURLAsync(new Regex("/settings/channels/widget$"));
        await page.WaitForFunctionAsync("() => customElements.get('omni-modal')"); // loaded by the circuit: from here on clicks count
        await page.GetByLabel("Name in Omni").FillAsync("Shop");
        await page.GetByLabel("Address of your site").FillAsync("https://shop.example.com");
        await page.GetByRole(AriaRole.Button, new() { Name = "Create the chat" }).ClickAsync();
        var key = Regex.Match(await page.GetByLabel("Snippet").InputValueAsync(), "data-site=\"([^\"]+)\"").Groups[1].Value;
        var shop = await day.OpenAsync();
        await shop.GotoAsync($"/demo/{key}");
        await shop.Locator(".launcher").ClickAsync();
        await shop.Locator("dialog.panel .line textarea").FillAsync("Is the Fjell 2 in stock?");
        await shop.Keyboard.PressAsync("Enter");
        await page.GotoAsync("/inbox/unassigned");
        await page.GetByRole(AriaRole.Option, new() { NameRegex = new Regex("Is the Fjell 2 in stock") }).ClickAsync();
        await page.Locator("omni-composer textarea").FillAsync("Yes, three of them.");
        await page.Keyboard.PressAsync("Control+Enter");
        await shop.Locator("dialog.panel .msg:not(.own)").GetByText("Yes, three of them.").WaitForAsync();

        // A customer of one's own.
        await page.GotoAsync("/settings/first-steps");
        await Assertions.Expect(steps.GetByRole(AriaRole.Status)).ToHaveTextAsync("2 of 4 done");
        await page.GetByRole(AriaRole.Link, new() { Name = "Open: Try the sandbox" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Start a sandbox" }).WaitForAsync();
        await page.WaitForFunctionAsync("() => customElements.get('omni-modal')");
        await page.GetByRole(AriaRole.Button, new() { Name = "Start a sandbox" }).ClickAsync();
        await Assertions.Expect(page).ToHaveURLAsync(new Regex("/sandbox/[0-9a-f-]+"));
        await page.GetByPlaceholder(new Regex("^Write as")).FillAsync("Hello from the phone");
        await page.Keyboard.PressAsync("Enter");
        await page.Locator(".phone .bubble").GetByText("Hello from the phone").WaitForAsync();
        await page.GotoAsync("/inbox/unassigned");
        await page.GetByRole(AriaRole.Option, new() { NameRegex = new Regex("Hello from the phone") }).WaitForAsync();
        await page.GotoAsync("/settings/first-steps");
        await Assertions.Expect(steps.GetByRole(AriaRole.Status)).ToHaveTextAsync("3 of 4 done");
        await day.ShotAsync(page, "first-steps");
    }

    [Fact]
    public async Task Two_people_see_each_other_and_each_others_work()
    {
        await using var day = await Day.BeginAsync(fixture);
        var ann = await day.OpenAsync();
        await day.RegisterAsync(ann);
        await day.ConnectAsync(ann);
        var bob = await day.OpenAsync();
        await day.InviteAsync(ann, bob, "bob@example.com", "Bob Lie");
        await day.Platform.ReceiveFromCustomerAsync(NumberId, Leila, "Is anybody there?");

        foreach (var page in new[] { ann, bob })
        {
            await page.GotoAsync("/inbox/unassigned");
            await page.GetByRole(AriaRole.Option, new() { NameRegex = new Regex("Leila Haddad") }).ClickAsync();
            await page.Locator(".bubble").GetByText("Is anybody there?").WaitForAsync();
        }

        var text = ann.Locator("omni-composer textarea");
        await Eventually.HoldsAsync(
            async () =>
            {
                await text.PressSequentiallyAsync("y");
                return await bob.GetByText(new Regex("Ann Berg is writing")).CountAsync() > 0;
            },
            "Bob sees that Ann is writing");
        await text.FillAsync("Yes, I am writing");
        await day.ShotAsync(bob, "two-typing");
        await ann.Keyboard.PressAsync("Control+Enter");
        await bob.Locator(".msg--out").Filter(new() { HasText = "Yes, I am writing" }).WaitForAsync();
        await Assertions.Expect(bob.Locator(".msg--out")).ToHaveCountAsync(1);
        await Assertions.Expect(ann.Locator(".msg--out")).ToHaveCountAsync(1);
    }

    [Fact]
    public async Task Text_written_while_the_server_restarts_is_sent_once_and_in_order()
    {
        await using var day = await Day.BeginAsync(fixture);
        var page = await day.TalkAsync("Hello?");
        var text = page.Locator("omni-composer textarea");
        await text.FillAsync("before");
        await page.Keyboard.PressAsync("Control+Enter");
        await Assertions.Expect(page.Locator(".msg--out").Filter(new() { HasText = "before" })).ToHaveCountAsync(1);

        await day.StopAsync();
        await text.FillAsync("while it was away, one");
        await page.Keyboard.PressAsync("Control+Enter");
        await text.FillAsync("while it was away, two");
        await page.Keyboard.PressAsync("Control+Enter");
        await text.FillAsync("still thinking");
        await day.ShotAsync(page, "reconnecting");
        await day.StartAgainAsync();

        await Eventually.HoldsAsync(() => day.Sent().Count == 3, "three sends", TimeSpan.FromSeconds(40));
        Assert.Equal(["before", "while it was away, one", "while it was away, two"], day.Sent().Select(s => s.Text));
        await Assertions.Expect(page.Locator(".msg--out")).ToHaveCountAsync(3, new() { Timeout = 20_000 });
        await Assertions.Expect(page.Locator("omni-composer textarea")).ToHaveValueAsync("still thinking", new() { Timeout = 20_000 });
        await day.ShotAsync(page, "back");
    }

    [Fact]
    public async Task A_cut_of_half_a_minute_loses_nothing()
    {
        await using var day = await Day.BeginAsync(fixture);
        var page = await day.TalkAsync("Hello?");
        var cut = DateTimeOffset.UtcNow;
        await page.Context.SetOfflineAsync(true);
        await page.Locator("omni-composer textarea").FillAsync("sent into the dark");
        await page.Keyboard.PressAsync("Control+Enter");
        await day.Platform.ReceiveFromCustomerAsync(NumberId, Leila, "written during the cut");
        await Eventually.HoldsAsync(() => DateTimeOffset.UtcNow - cut > TimeSpan.FromSeconds(30), "half a minute", TimeSpan.FromSeconds(40));
        Assert.Empty(day.Sent());
        await page.Context.SetOfflineAsync(false);

        await Assertions.Expect(page.Locator(".msg--out").Filter(new() { HasText = "sent into the dark" })).ToHaveCountAsync(1, new() { Timeout = 20_000 });
        await Assertions.Expect(page.Locator(".bubble").GetByText("written during the cut")).ToHaveCountAsync(1, new() { Timeout = 20_000 });
        await Eventually.HoldsAsync(() => day.Sent().Count == 1, "one send", TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task A_phone_shows_one_pane_at_a_time()
    {
        await using var day = await Day.BeginAsync(fixture);
        var page = await day.OpenAsync();
        await day.RegisterAsync(page);
        await day.ConnectAsync(page);
        await day.Platform.ReceiveFromCustomerAsync(NumberId, Leila, "On the phone?");
        await page.SetViewportSizeAsync(390, 844);
        await page.GotoAsync("/inbox/unassigned");
        await page.GetByRole(AriaRole.Option, new() { NameRegex = new Regex("Leila Haddad") }).ClickAsync();
        await page.Locator(".bubble").GetByText("On the phone?").WaitForAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Listbox)).ToBeHiddenAsync();
        await day.ShotAsync(page, "phone-conversation");
        await page.Locator("omni-composer textarea").FillAsync("Yes!");
        await page.GetByRole(AriaRole.Button, new() { Name = "Send", Exact = true }).ClickAsync();
        await page.Locator(".msg--out").Filter(new() { HasText = "Yes!" }).WaitForAsync();
        await page.GoBackAsync();
        await page.GetByRole(AriaRole.Option, new() { NameRegex = new Regex("Leila Haddad") }).WaitForAsync();
        await day.ShotAsync(page, "phone-list");
        Assert.False(await page.EvaluateAsync<bool>("document.documentElement.scrollWidth > innerWidth"));
    }

    private sealed class Day : IAsyncDisposable
    {
        private readonly BrowserFixture _fixture;
        private readonly SimulatorServer _server;
        private readonly List<IBrowserContext> _contexts = [];
        private readonly string _folder = OmniProcess.NewDataDirectory();
        private OmniProcess _omni;

        private Day(BrowserFixture fixture, SimulatorServer server, OmniProcess omni, string folder) => (_fixture, _server, _omni, _folder) = (fixture, server, omni, folder);

        public GraphSimulator Platform => _server.Simulator;

        public static async Task<Day> BeginAsync(BrowserFixture fixture)
        {
            var server = await SimulatorServer.StartAsync();
            var folder = OmniProcess.NewDataDirectory();
            var omni = await OmniProcess.StartAsync(folder, Settings(server));
            server.Simulator.Register(new SimulatedAccount(NumberId, "800100200300600", "first-day-token-0815", "first-day-secret") { WebhookUrl = new Uri(omni.Address, "/webhooks/whatsapp") });
            return new Day(fixture, server, omni, folder);
        }

        public async Task<IPage> OpenAsync()
        {
            var context = await _fixture.Browser.NewContextAsync(new() { BaseURL = _omni.Address.ToString(), ViewportSize = new() { Width = 1440, Height = 900 }, ColorScheme = ColorScheme.Light });
            _contexts.Add(context);
            return await context.NewPageAsync();
        }

        public async Task RegisterAsync(IPage page)
        {
            await page.GotoAsync("/");
            await page.GetByLabel("Your name").FillAsync("Ann Berg");
            await page.GetByLabel("Organization").FillAsync("Skog & Fjell");
            await page.GetByLabel("E-mail").FillAsync("ann@example.com");
            await page.GetByLabel("Password", new() { Exact = true }).FillAsync("correct horse fjord");
            await page.GetByRole(AriaRole.Button, new() { Name = "Create account" }).ClickAsync();
            await Assertions.Expect(page).ToHaveURLAsync(new Regex("/inbox"));
            await page.Locator(".shell").WaitForAsync();
        }

        /// <summary>A new organization with a connected number, and the first message of a customer open on the screen.</summary>
        public async Task<IPage> TalkAsync(string words)
        {
            var page = await OpenAsync();
            await RegisterAsync(page);
            await ConnectAsync(page);
            await Platform.ReceiveFromCustomerAsync(NumberId, Leila, words);
            await page.GotoAsync("/inbox/unassigned");
            await page.GetByRole(AriaRole.Option, new() { NameRegex = new Regex("Leila Haddad") }).ClickAsync();
            await page.Locator(".bubble").GetByText(words).WaitForAsync();
            return page;
        }

        public async Task ConnectAsync(IPage page)
        {
            await page.GotoAsync("/settings/channels");
            await page.WaitForFunctionAsync("() => customElements.get('omni-modal')"); // loaded by the circuit: from here on clicks count
            await page.GetByRole(AriaRole.Button, new() { NameRegex = new Regex("^Connect") }).First.ClickAsync();
            await page.GetByLabel("Name in Omni").FillAsync("Support line");
            await page.GetByLabel("Phone number ID", new() { Exact = true }).FillAsync(NumberId);
            await page.GetByLabel("WhatsApp business account ID").FillAsync("800100200300600");
            await page.GetByLabel("Access token").FillAsync("first-day-token-0815");
            await page.GetByRole(AriaRole.Button, new() { Name = "Save and test" }).ClickAsync();
            await page.GetByRole(AriaRole.Heading, new() { Name = "Support line is connected" }).WaitForAsync();
        }

        public async Task InviteAsync(IPage owner, IPage guest, string email, string name)
        {
            await owner.GotoAsync("/settings/team");
            var link = await owner.EvaluateAsync<string>(
                """
                async email => {
                  const token = (await (await fetch('/api/v1/auth/antiforgery')).json()).data.token;
                  const made = await (await fetch('/api/v1/members/invitations', { method: 'POST', headers: { 'content-type': 'application/json', 'X-CSRF-TOKEN': token }, body: JSON.stringify({ email, role: 'agent' }) })).json();
                  return made.data.link ?? made.data.url;
                }
                """,
                email);
            await guest.GotoAsync(new Uri(link).PathAndQuery);
            await guest.GetByLabel("Your name").FillAsync(name);
            await guest.GetByLabel("Password", new() { Exact = true }).FillAsync("correct horse fjord");
            await guest.GetByRole(AriaRole.Button, new() { Name = "Create account" }).ClickAsync();
            await guest.Locator(".shell").WaitForAsync();
        }

        public Task<int> StopAsync() => _omni.TerminateAsync();

        public async Task StartAgainAsync() => _omni = await OmniProcess.StartAsync(_folder, [.. Settings(_server), $"--urls={_omni.Address.ToString().TrimEnd('/')}"]);

        public IReadOnlyList<LedgerSend> Sent() => [.. Platform.Ledger.Sends.Where(s => s.Type == "text")];

        public async Task ShotAsync(IPage page, string name)
        {
            if (Environment.GetEnvironmentVariable("OMNI_SCREENSHOTS") is { Length: > 0 } folder)
            {
                await page.ScreenshotAsync(new() { Path = Path.Combine(folder, $"day-{name}.png") });
            }
        }

        public async ValueTask DisposeAsync()
        {
            foreach (var context in _contexts)
            {
                await context.DisposeAsync();
            }

            await _omni.DisposeAsync();
            await _server.DisposeAsync();
            await OmniProcess.RemoveAsync(_folder);
        }

        private static string[] Settings(SimulatorServer server) =>
            [$"--Platforms:Meta:GraphUrl={server.Url}", "--Platforms:Meta:AppSecret=first-day-secret", "--Platforms:Meta:VerifyToken=first-day-verify", "--Omni:Logs=text"];
    }
}
