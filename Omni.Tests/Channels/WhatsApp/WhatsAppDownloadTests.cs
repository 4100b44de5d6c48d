using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Omni.Core.Channels;
using Omni.Infrastructure.Channels.Simulator;
using Omni.Infrastructure.Channels.WhatsApp;
using Omni.Infrastructure.Common;

namespace Omni.Tests.Channels.WhatsApp;

public sealed class WhatsAppDownloadTests
{
    private const long Limit = 1 << 20;

    [Fact]
    public async Task A_file_from_a_person_is_read()
    {
        await using var rig = await WhatsAppRig.StartAsync();
        var id = rig.Simulator.AddFile(WhatsAppRig.NumberId, "image/png", "picture"u8.ToArray());

        await using var opened = Assert.IsType<MediaOutcome.Opened>(await rig.Channel.DownloadAsync(new MediaReference(id, null, Limit), rig.Access, CancellationToken.None));

        using var reader = new StreamReader(opened.Content);
        Assert.Equal(("picture", "image/png"), (await reader.ReadToEndAsync(), opened.Mime));
    }

    [Fact]
    public async Task Missing_too_large_and_odd_ids_are_gone()
    {
        await using var rig = await WhatsAppRig.StartAsync();
        var id = rig.Simulator.AddFile(WhatsAppRig.NumberId, "image/png", new byte[2000]);
        MediaReference[] references = [new("999", null, Limit), new(id, null, 1999), new("../me", null, Limit), new(null, null, Limit)];
        foreach (var reference in references)
        {
            Assert.IsType<MediaOutcome.Gone>(await rig.Channel.DownloadAsync(reference, rig.Access, CancellationToken.None));
        }
    }

    [Fact]
    public async Task A_dead_token_and_a_platform_away_are_told_apart()
    {
        await using var rig = await WhatsAppRig.StartAsync();
        rig.Account.Behaviour = new SimulatedBehaviour { TokenExpired = true };
        Assert.IsType<MediaOutcome.Reauthorize>(await rig.Channel.DownloadAsync(new MediaReference("1", null, Limit), rig.Access, CancellationToken.None));
        Assert.IsType<MediaOutcome.Reauthorize>(await rig.Channel.DownloadAsync(new MediaReference("1", null, Limit), WhatsAppRig.AccessWith(""), CancellationToken.None));

        await using var services = WhatsAppRig.Services(new Uri("http://127.0.0.1:1/"));
        Assert.IsType<MediaOutcome.Retry>(await services.GetRequiredService<WhatsAppChannel>().DownloadAsync(new MediaReference("1", null, Limit), rig.Access, CancellationToken.None));
    }

    [Theory]
    [InlineData("https://evil.example/x")]
    [InlineData("https://evil-fbcdn.net/x")]
    [InlineData("https://lookaside.fbsbx.com.evil.example/x")]
    [InlineData("https://lookaside.fbsbx.com:8443/x")]
    [InlineData("http://lookaside.fbsbx.com/x")]
    [InlineData("https://user@lookaside.fbsbx.com/x")]
    [InlineData("http://127.0.0.1/x")]
    [InlineData("file:///etc/passwd")]
    [InlineData("//127.0.0.1/x")]
    [InlineData("/relative")]
    [InlineData("")]
    public async Task The_token_goes_to_the_platforms_own_hosts_only(string url)
    {
        await using var server = await LocalServer.StartAsync(http => http.Response.WriteAsJsonAsync(new { url }));
        await using var services = WhatsAppRig.Services(server.Url);
        var channel = services.GetRequiredService<WhatsAppChannel>();

        Assert.IsType<MediaOutcome.Gone>(await channel.DownloadAsync(new MediaReference("1", null, Limit), WhatsAppRig.AccessWith("t"), CancellationToken.None));
        Assert.IsType<MediaOutcome.Gone>(await channel.DownloadAsync(new MediaReference(null, url, Limit), WhatsAppRig.AccessWith("t"), CancellationToken.None));
    }

    [Fact]
    public async Task A_redirect_is_followed_without_the_token_and_never_away_from_the_platform()
    {
        var tokens = new List<string>();
        await using var server = await LocalServer.StartAsync(http =>
        {
            tokens.Add(http.Request.Headers.Authorization.ToString());
            var target = http.Request.Path.Value switch { "/first" => "/second", "/away" => "https://evil.example/", "/round" => "/round", _ => null };
            if (target is null)
            {
                return http.Response.WriteAsync("content");
            }

            http.Response.Redirect(target);
            return Task.CompletedTask;
        });
        await using var services = WhatsAppRig.Services(server.Url);
        Task<MediaOutcome> Get(string path) => services.GetRequiredService<WhatsAppChannel>()
            .DownloadAsync(new MediaReference(null, new Uri(server.Url, path).ToString(), Limit), WhatsAppRig.AccessWith("t"), CancellationToken.None);

        await using (Assert.IsType<MediaOutcome.Opened>(await Get("/first")))
        {
            Assert.Equal(["Bearer t", ""], tokens);
        }

        Assert.IsType<MediaOutcome.Gone>(await Get("/away"));
        Assert.IsType<MediaOutcome.Gone>(await Get("/round"));
    }

    [Fact]
    public async Task A_file_that_grows_over_the_limit_while_it_is_read_is_cut_off()
    {
        await using var server = await LocalServer.StartAsync(async http =>
        {
            for (var i = 0; i < 100; i++)
            {
                await http.Response.WriteAsync(new string('x', 1000)); // no length announced
            }
        });
        await using var services = WhatsAppRig.Services(server.Url);
        var outcome = await services.GetRequiredService<WhatsAppChannel>()
            .DownloadAsync(new MediaReference(null, new Uri(server.Url, "/f").ToString(), 5000), WhatsAppRig.AccessWith("t"), CancellationToken.None);

        await using var opened = Assert.IsType<MediaOutcome.Opened>(outcome);
        await Assert.ThrowsAsync<TooLargeException>(() => opened.Content.CopyToAsync(Stream.Null));
    }

    [Theory]
    [InlineData(401, typeof(MediaOutcome.Reauthorize))]
    [InlineData(404, typeof(MediaOutcome.Gone))]
    [InlineData(410, typeof(MediaOutcome.Gone))]
    [InlineData(429, typeof(MediaOutcome.Retry))]
    [InlineData(500, typeof(MediaOutcome.Retry))]
    public async Task The_file_servers_answer_decides(int status, Type outcome)
    {
        await using var server = await LocalServer.StartAsync(http =>
        {
            http.Response.StatusCode = status;
            return Task.CompletedTask;
        });
        await using var services = WhatsAppRig.Services(server.Url);
        var url = new Uri(server.Url, "/f").ToString();
        Assert.IsType(outcome, await services.GetRequiredService<WhatsAppChannel>().DownloadAsync(new MediaReference(null, url, Limit), WhatsAppRig.AccessWith("t"), CancellationToken.None));
    }

    [Fact]
    public async Task What_a_person_sends_can_be_fetched_from_its_webhook()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var rig = await WhatsAppRig.StartAsync();
        rig.Account.WebhookUrl = receiver.Url;
        await rig.Simulator.ReceiveFileFromCustomerAsync(WhatsAppRig.NumberId, new SimulatedPerson(WhatsAppRig.Person, "Mira"), "image", "image/png", Encoding.UTF8.GetBytes("Foto"), "für Sie");

        var e = rig.Channel.Parse((await receiver.WaitAsync(1))[0].Body)[0].Event!;
        var attachment = Assert.Single(e.Attachments);
        await using var opened = Assert.IsType<MediaOutcome.Opened>(await rig.Channel.DownloadAsync(new MediaReference(attachment.Id, attachment.Url, Limit), rig.Access, CancellationToken.None));

        using var reader = new StreamReader(opened.Content);
        Assert.Equal(("für Sie", "Foto"), (e.Text, await reader.ReadToEndAsync()));
    }
}
