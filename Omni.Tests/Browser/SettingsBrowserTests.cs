using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Omni.Infrastructure.Channels.Simulator;
using Omni.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace Omni.Tests.Browser;

/// <summary>What is done in the settings of the organization, in a real browser on the real program with a simulated platform behind it.</summary>
[Collection("Browser")]
public sealed class SettingsBrowserTests(BrowserFixture fixture, SettingsRig rig) : IClassFixture<SettingsRig>
{
    private static readonly SimulatedPerson Leila = new("4790213377", "Leila Haddad");

    [Fact]
    public async Task A_channel_is_connected_tested_and_disconnected()
    {
        var page = await OpenAsync("/settings/channels");
        rig.Spine.Platform.Register(new SimulatedAccount("700100200300777", "800100200300777", "second-token-4711-abcd", SpineRig.AppSecret));
        await page.GetByRole(AriaRole.Button, new() { Name = "Connect a channel" }).ClickAsync();
        await page.GetByLabel("Name in Omni").FillAsync("Zweite Leitung");
        await page.GetByLabel("Phone number ID", new() { Exact = true }).FillAsync("700100200300777");
        await page.GetByLabel("WhatsApp business account ID").FillAsync("800100200300777");
        await page.GetByLabel("Access token").FillAsync("a-wrong-token-entirely");
        await page.GetByRole(AriaRole.Button, new() { Name = "Save and test" }).ClickAsync();
        await Expect(page.Locator("[name=accessToken]")).ToHaveAttributeAsync("aria-invalid", "true");

        await page.GetByLabel("Access token").FillAsync("second-token-4711-abcd");
        await page.GetByRole(AriaRole.Button, new() { Name = "Save and test" }).ClickAsync();
        await page.GetByRole(AriaRole.Dialog).GetByText("Callback URL").WaitForAsync();
        await page.Keyboard.PressAsync("Escape");
        await Expect(page.GetByRole(AriaRole.Dialog)).ToHaveCountAsync(0);
        Assert.DoesNotContain("second-token-4711", await page.ContentAsync(), StringComparison.Ordinal);

        var row = page.Locator(".ch").Filter(new() { HasText = "Zweite Leitung" });
        await row.GetByRole(AriaRole.Button, new() { Name = "Test", Exact = true }).ClickAsync();
        await row.GetByText("The token reads").WaitForAsync();
        await row.GetByText("Details").ClickAsync();
        await Expect(row.GetByRole(AriaRole.Table, new() { Name = "Messages received, by day" }).GetByRole(AriaRole.Row)).ToHaveCountAsync(15);
        await SettingsRig.PictureAsync(page, "channel-details");

        await row.GetByRole(AriaRole.Button, new() { Name = "More for" }).ClickAsync();
        await page.GetByRole(AriaRole.Menuitem, new() { Name = "Disconnect" }).Locator("visible=true").ClickAsync();
        await page.GetByRole(AriaRole.Dialog).GetByText("New messages from customers no longer reach you.").WaitForAsync();
        await SettingsRig.PictureAsync(page, "channel-disconnect");
        await page.GetByRole(AriaRole.Button, new() { Name = "Disconnect Zweite Leitung" }).ClickAsync();
        await page.GetByText("is disconnected. Its conversations stay.").WaitForAsync();
        await Expect(row).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task A_channel_whose_token_died_is_told_on_every_page_and_mended_with_one_button()
    {
        var page = await OpenAsync("/settings/profile");
        await rig.Spine.QueryAsync<object>("update channels set status = 'needsReauth', reason = 'WhatsApp ended our access.' where name = 'Support line' returning id");
        await page.ReloadAsync();
        var banner = page.Locator(".shell__bars .banner");
        await Expect(banner).ToContainTextAsync("WhatsApp ended our access.");
        await SettingsRig.PictureAsync(page, "channel-broken");
        await banner.GetByRole(AriaRole.Link, new() { Name = "Mend it" }).ClickAsync();
        var row = page.Locator(".ch").Filter(new() { HasText = "Support line" });
        await row.GetByRole(AriaRole.Button, new() { Name = "Enter a new token" }).ClickAsync();
        await page.GetByLabel("Access token").FillAsync(SpineRig.Token);
        await page.GetByRole(AriaRole.Button, new() { Name = "Save", Exact = true }).ClickAsync();
        await Expect(banner).ToHaveCountAsync(0);
        await Expect(row).ToContainTextAsync("Working");
    }

    [Fact]
    public async Task Name_colour_logo_and_theme_apply_to_every_page_in_both_themes()
    {
        var page = await OpenAsync("/settings/organization");
        await page.GetByLabel("Time zone").FillAsync("Norway");
        await page.GetByRole(AriaRole.Button, new() { Name = "Save", Exact = true }).ClickAsync();
        await page.GetByText("A time zone such as Europe/Oslo.").WaitForAsync();
        await page.GetByLabel("Time zone").FillAsync("Europe/Oslo");
        await page.GetByLabel("Name", new() { Exact = true }).FillAsync("Skog & Fjell");
        await page.GetByRole(AriaRole.Button, new() { Name = "Save", Exact = true }).ClickAsync();
        await Expect(page.Locator(".top__org")).ToHaveTextAsync("Skog & Fjell");

        var color = page.GetByLabel("Colour", new() { Exact = true });
        await color.FillAsync("#12");
        await page.GetByText("A colour is # and six digits").WaitForAsync();
        await color.FillAsync("#ffd400");
        await page.GetByText("On light pages it is too pale").WaitForAsync();
        await page.GetByText("On dark pages it stands out well").WaitForAsync();
        await SettingsRig.PictureAsync(page, "organization-colour");
        await page.GetByRole(AriaRole.Button, new() { Name = "Save looks" }).ClickAsync();
        await Expect(page.Locator("link[href$='look.css?v=ffd400']")).ToHaveCountAsync(1);
        await page.GotoAsync("/inbox");
        await Expect(page.Locator(".mark")).Not.ToHaveCSSAsync("background-color", "rgb(59, 91, 219)");
        await page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Dark });
        await Expect(page.Locator(".mark")).ToHaveCSSAsync("background-color", "rgb(255, 212, 0)");
        await Expect(page.Locator(".mark")).ToHaveCSSAsync("color", "rgb(0, 0, 0)");
        await SettingsRig.PictureAsync(page, "inbox-colour-dark");

        await page.GotoAsync("/settings/organization");
        await ReadyAsync(page);
        await page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Light });
        await page.Locator("#f-mode").SelectOptionAsync("dark");
        await page.GetByRole(AriaRole.Button, new() { Name = "Save looks" }).ClickAsync();
        await Expect(page.Locator(".top")).ToHaveCSSAsync("background-color", "rgb(22, 26, 34)");

        await page.Locator("#logo").SetInputFilesAsync(new FilePayload { Name = "logo.txt", MimeType = "image/png", Buffer = "no picture"u8.ToArray() });
        await page.GetByText("A PNG, JPEG, GIF or WebP picture is expected.").WaitForAsync();
        await page.Locator("#logo").SetInputFilesAsync(new FilePayload { Name = "logo.png", MimeType = "image/png", Buffer = Api.Pictures.Png(64, 64) });
        var logo = page.Locator(".top__mark img");
        await Expect(logo).ToHaveJSPropertyAsync("complete", true);
        Assert.True(await logo.EvaluateAsync<int>("i => i.naturalWidth") > 0);

        var address = await logo.GetAttributeAsync("src");
        using var stranger = new HttpClient { BaseAddress = rig.Spine.Omni.Address };
        Assert.Equal(HttpStatusCode.Unauthorized, (await stranger.GetAsync(address)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await rig.Spine.Api.GetAsync(address!.Replace(rig.Spine.OrganizationId.ToString(), Guid.NewGuid().ToString(), StringComparison.Ordinal))).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await rig.Spine.Api.GetAsync($"/organizations/{Guid.NewGuid()}/look.css")).StatusCode);

        await page.GetByRole(AriaRole.Button, new() { Name = "Remove logo" }).ClickAsync();
        await Expect(logo).ToHaveCountAsync(0);
        await rig.Spine.CallAsync(HttpMethod.Patch, "/api/v1/organizations/current", new { theme = new { primaryColor = "", mode = "auto" } });
    }

    [Fact]
    public async Task People_are_invited_given_a_role_and_removed_and_the_last_owner_stays()
    {
        var page = await OpenAsync("/settings/team");
        await page.GetByLabel("E-mail").FillAsync("no address");
        await page.GetByRole(AriaRole.Button, new() { Name = "Invite", Exact = true }).ClickAsync();
        await page.GetByText("Either an e-mail address").WaitForAsync();
        await page.GetByLabel("E-mail").FillAsync("bob@example.com");
        await page.GetByLabel("Role", new() { Exact = true }).SelectOptionAsync("Agent");
        await page.GetByRole(AriaRole.Button, new() { Name = "Invite", Exact = true }).ClickAsync();
        var link = await page.Locator("#invitation").InputValueAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "New link for bob@example.com" }).ClickAsync();
        await Expect(page.Locator("#invitation")).Not.ToHaveValueAsync(link);
        link = await page.Locator("#invitation").InputValueAsync();

        await using var elsewhere = await fixture.Browser.NewContextAsync(new() { BaseURL = rig.Spine.Omni.Address.ToString() });
        var guest = await elsewhere.NewPageAsync();
        await guest.GotoAsync(new Uri(link).PathAndQuery);
        await guest.GetByLabel("Your name").FillAsync("Bob Lie");
        await guest.GetByLabel("Password", new() { Exact = true }).FillAsync(SpineRig.Password);
        await guest.GetByRole(AriaRole.Button, new() { Name = "Create account" }).ClickAsync();
        await guest.Locator(".shell").WaitForAsync();
        await guest.GotoAsync("/settings/organization");
        await guest.GetByText("This page is for administrators").WaitForAsync();

        await page.ReloadAsync();
        await ReadyAsync(page);
        await page.GetByLabel("Role of Bob Lie").SelectOptionAsync("Viewer");
        await page.GetByText("Bob Lie is now viewer.").WaitForAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Remove Bob Lie" }).ClickAsync();
        await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Remove Bob Lie" }).ClickAsync();
        await page.GetByText("Bob Lie is removed.").WaitForAsync();
        await Expect(guest).ToHaveURLAsync(new Regex("signin|organizations"), new() { Timeout = 15_000 });

        await page.GetByLabel("E-mail").FillAsync("kim@example.com");
        await page.GetByRole(AriaRole.Button, new() { Name = "Invite", Exact = true }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Withdraw the invitation of kim@example.com" }).ClickAsync();
        await page.GetByText("The invitation is withdrawn.").WaitForAsync();

        await page.GetByRole(AriaRole.Button, new() { Name = "Leave…" }).ClickAsync();
        await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Leave", Exact = true }).ClickAsync();
        await page.GetByRole(AriaRole.Dialog).GetByText("An organization needs an owner.").WaitForAsync();
    }

    [Fact]
    public async Task Quarantined_deliveries_are_looked_at_and_applied_again()
    {
        var page = await OpenAsync("/settings/webhooks");
        await rig.Spine.QueryAsync<object>("alter table messages add constraint no_poison check (text not like 'poison%'); select 1");
        for (var i = 0; i < 3; i++)
        {
            await rig.Spine.Platform.ReceiveFromCustomerAsync(SpineRig.NumberId, Leila, $"poison {i}");
        }

        await rig.Spine.UntilAsync("select count(*) from inbound_queue where state = 'quarantined'", 3);
        await page.GetByLabel("Status").SelectOptionAsync("quarantined");
        await Expect(page).ToHaveURLAsync(new Regex("status=quarantined"));
        await Expect(page.Locator(".event")).ToHaveCountAsync(3);

        await page.Locator(".event").Last.ClickAsync();
        var drawer = page.GetByRole(AriaRole.Dialog);
        await Expect(drawer.GetByLabel("Body of the delivery")).ToContainTextAsync("\"body\": \"poison 0\"");
        await Expect(drawer).ToContainTextAsync("not applied yet");
        await SettingsRig.PictureAsync(page, "webhook-drawer");
        await drawer.GetByRole(AriaRole.Button, new() { Name = "Apply again" }).ClickAsync();
        await page.GetByText("1 delivery was put back: 1 in quarantine again").WaitForAsync();

        await rig.Spine.QueryAsync<object>("alter table messages drop constraint no_poison; select 1");
        await page.GetByRole(AriaRole.Button, new() { Name = "Replay all quarantined" }).ClickAsync();
        await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Replay all" }).ClickAsync();
        await page.GetByText("3 deliveries were put back: 3 applied.").WaitForAsync();
        await Expect(page.Locator(".event")).ToHaveCountAsync(0);
        await SettingsRig.PictureAsync(page, "webhook-replay");
        Assert.Equal(3, await rig.Spine.QueryAsync<long>("select count(*) from messages where text like 'poison%'"));

        // Left and found again by the address.
        await page.ReloadAsync();
        await page.GetByText("3 deliveries were put back: 3 applied.").WaitForAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Close the account of the replay" }).ClickAsync();
        await Expect(page.Locator(".replay")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task First_steps_tick_themselves_off_and_can_be_put_away_and_found_again()
    {
        var page = await OpenAsync("/settings/first-steps");
        await Expect(page.Locator(".todo .done").Filter(new() { HasText = "Connect a channel" })).ToHaveCountAsync(1);
        var play = page.Locator(".todo li").Filter(new() { HasText = "Try the sandbox" });
        await Expect(play.GetByRole(AriaRole.Link)).ToHaveAttributeAsync("href", "/sandbox");

        await page.GotoAsync("/inbox");
        await ReadyAsync(page, "omni-list");
        var card = page.Locator(".conv__none .start");
        await card.GetByRole(AriaRole.Button, new() { Name = "Put the first steps away" }).ClickAsync();
        await Expect(card).ToHaveCountAsync(0);
        await page.ReloadAsync();
        await page.Locator(".conv__none").WaitForAsync();
        await Expect(card).ToHaveCountAsync(0);

        await page.GotoAsync("/settings/first-steps");
        await ReadyAsync(page);
        await page.GetByRole(AriaRole.Button, new() { Name = "Show it in the inbox again" }).ClickAsync();
        await page.GetByText("The inbox shows it to you until all is done.").WaitForAsync();
        await page.GotoAsync("/inbox");
        await card.WaitForAsync();
    }

    [Fact]
    public async Task What_the_first_answer_showed_is_not_read_again()
    {
        var page = await rig.SignInAsync(fixture.Browser);
        var held = new TaskCompletionSource();
        await page.RouteAsync("**/blazor.web*.js", async route =>
        {
            await held.Task;
            await route.ContinueAsync();
        });
        await page.GotoAsync("/settings/team", new() { WaitUntil = WaitUntilState.Commit });
        await page.GetByLabel("E-mail").WaitForAsync();
        await rig.Spine.QueryAsync<object>("alter table invitations rename to away; select 1");
        try
        {
            held.SetResult();
            await ReadyAsync(page);
            await page.GetByRole(AriaRole.Button, new() { Name = "Leave…" }).ClickAsync();
            await page.GetByRole(AriaRole.Dialog).WaitForAsync();
            await Expect(page.Locator(".set__notice")).ToHaveCountAsync(0);
            await Expect(page.GetByLabel("E-mail")).ToHaveCountAsync(1);
        }
        finally
        {
            await rig.Spine.QueryAsync<object>("alter table away rename to invitations; select 1");
        }
    }

    [Fact]
    public async Task What_changed_between_the_first_answer_and_listening_is_shown()
    {
        var page = await rig.SignInAsync(fixture.Browser);
        var held = new TaskCompletionSource();
        await page.RouteAsync("**/blazor.web*.js", async route =>
        {
            await held.Task;
            await route.ContinueAsync();
        });
        await page.GotoAsync("/settings/channels", new() { WaitUntil = WaitUntilState.Commit });
        var row = page.Locator(".ch").Filter(new() { HasText = "Support line" });
        await row.WaitForAsync();
        await rig.Spine.QueryAsync<object>("update channels set status = 'degraded', reason = 'It limps.' where name = 'Support line' returning id");
        try
        {
            held.SetResult();
            await row.GetByText("It limps.").WaitForAsync();
        }
        finally
        {
            await rig.Spine.QueryAsync<object>("update channels set status = 'connected', reason = null where name = 'Support line' returning id");
        }
    }

    [Fact]
    public async Task A_session_that_ends_in_the_first_moment_of_a_page_takes_the_page_away()
    {
        var invitation = await rig.Spine.CallAsync(HttpMethod.Post, "/api/v1/members/invitations", new { email = "eve@example.com", role = "agent" });
        await using var elsewhere = await fixture.Browser.NewContextAsync(new() { BaseURL = rig.Spine.Omni.Address.ToString() });
        var guest = await elsewhere.NewPageAsync();
        await guest.GotoAsync($"/invitation/{invitation!["token"]}");
        await guest.GetByLabel("Your name").FillAsync("Eve Moe");
        await guest.GetByLabel("Password", new() { Exact = true }).FillAsync(SpineRig.Password);
        await guest.GetByRole(AriaRole.Button, new() { Name = "Create account" }).ClickAsync();
        await guest.Locator(".shell").WaitForAsync();

        // The browser's word that it has drawn the page reaches the server only after the session has ended.
        var held = new ConcurrentQueue<Action>();
        var isFree = false;
        await guest.RouteWebSocketAsync("**/_blazor*", line =>
        {
            var server = line.ConnectToServer();
            line.OnMessage(frame =>
            {
                var send = () =>
                {
                    if (frame.Binary is { } bytes)
                    {
                        server.Send(bytes);
                    }
                    else
                    {
                        server.Send(frame.Text!);
                    }
                };
                if (!isFree && System.Text.Encoding.ASCII.GetString(frame.Binary ?? []).Contains("OnRenderCompleted", StringComparison.Ordinal))
                {
                    held.Enqueue(send);
                }
                else
                {
                    send();
                }
            });
        });
        await guest.GotoAsync("/settings/profile");
        await Eventually.HoldsAsync(() => !held.IsEmpty, "the page is drawn");
        await rig.Spine.QueryAsync<Guid>("delete from memberships where user_id = (select id from users where email = 'eve@example.com') returning user_id");
        await Eventually.HoldsAsync(() => rig.Spine.Omni.Output.Contains("ends: Removed", StringComparison.Ordinal), "the server ends the circuit");
        isFree = true;
        while (held.TryDequeue(out var send))
        {
            send();
        }

        await Expect(guest).ToHaveURLAsync(new Regex("signin|organizations"), new() { Timeout = 15_000 });
    }

    private async Task<IPage> OpenAsync(string path)
    {
        var page = await rig.SignInAsync(fixture.Browser);
        await page.GotoAsync(path);
        await ReadyAsync(page);
        return page;
    }

    // From here on clicks count: the module is loaded by the circuit.
    private static async Task ReadyAsync(IPage page, string element = "omni-modal") => await page.WaitForFunctionAsync("e => customElements.get(e) && window.Blazor?.platform !== null", element);
}
