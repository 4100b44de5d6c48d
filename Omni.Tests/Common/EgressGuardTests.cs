using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Omni.Infrastructure.Common;
using Omni.Tests.Channels;

namespace Omni.Tests.Common;

public sealed class EgressGuardTests
{
    [Theory]
    [InlineData("8.8.8.8", true)]
    [InlineData("1.1.1.1", true)]
    [InlineData("157.240.0.35", true)]
    [InlineData("2606:4700:4700::1111", true)]
    [InlineData("2a03:2880:f12f:83:face:b00c:0:25de", true)]
    [InlineData("::ffff:8.8.8.8", true)]
    [InlineData("64:ff9b::808:808", true)]
    [InlineData("2002:808:808::1", true)]
    [InlineData("0.0.0.0", false)]
    [InlineData("0.1.2.3", false)]
    [InlineData("10.255.0.1", false)]
    [InlineData("100.64.0.1", false)]
    [InlineData("100.100.100.200", false)]
    [InlineData("127.0.0.1", false)]
    [InlineData("127.255.255.254", false)]
    [InlineData("168.63.129.16", false)]
    [InlineData("169.254.169.254", false)]
    [InlineData("172.16.0.1", false)]
    [InlineData("172.31.255.255", false)]
    [InlineData("192.0.0.192", false)]
    [InlineData("192.0.2.1", false)]
    [InlineData("192.88.99.1", false)]
    [InlineData("192.168.1.1", false)]
    [InlineData("198.18.0.1", false)]
    [InlineData("198.19.255.255", false)]
    [InlineData("198.51.100.7", false)]
    [InlineData("203.0.113.7", false)]
    [InlineData("224.0.0.1", false)]
    [InlineData("240.0.0.1", false)]
    [InlineData("255.255.255.255", false)]
    [InlineData("::", false)]
    [InlineData("::1", false)]
    [InlineData("::2", false)]
    [InlineData("::127.0.0.1", false)]
    [InlineData("::ffff:127.0.0.1", false)]
    [InlineData("::ffff:169.254.169.254", false)]
    [InlineData("64:ff9b::7f00:1", false)]
    [InlineData("64:ff9b::a9fe:a9fe", false)]
    [InlineData("64:ff9b:1::808:808", false)]
    [InlineData("2002:7f00:1::", false)]
    [InlineData("2002:c0a8:101::1", false)]
    [InlineData("2001::1", false)]
    [InlineData("2001:db8::1", false)]
    [InlineData("3fff::1", false)]
    [InlineData("fc00::1", false)]
    [InlineData("fd12:3456::1", false)]
    [InlineData("fe80::1", false)]
    [InlineData("fec0::1", false)]
    [InlineData("ff02::1", false)]
    [InlineData("100::1", false)]
    [InlineData("5f00::1", false)]
    [InlineData("4000::1", false)]
    public void Only_addresses_of_the_public_internet_count(string address, bool isPublic) =>
        Assert.Equal(isPublic, PublicAddress.Is(IPAddress.Parse(address)));

    [Theory]
    [InlineData("https://127.0.0.1/")]
    [InlineData("https://127.1/")]
    [InlineData("https://2130706433/")]
    [InlineData("https://0x7f000001/")]
    [InlineData("https://0177.0.0.1/")]
    [InlineData("https://0/")]
    [InlineData("https://１２７.0.0.1/")]
    [InlineData("https://127。0。0。1/")]
    [InlineData("https://ⓛocalhost/")]
    [InlineData("https://localhost/")]
    [InlineData("https://[::]/")]
    [InlineData("https://[::1]/")]
    [InlineData("https://[::ffff:127.0.0.1]/")]
    [InlineData("https://[::127.0.0.1]/")]
    [InlineData("https://[64:ff9b::7f00:1]/")]
    [InlineData("https://[2002:7f00:1::]/")]
    [InlineData("https://169.254.169.254/latest/meta-data")]
    [InlineData("https://1.1.1.1 &@127.0.0.1/")]
    [InlineData("https://user:secret@example.com/")]
    [InlineData("http://example.com/")]
    [InlineData("https://example.com:8443/")]
    [InlineData("file:///etc/passwd")]
    [InlineData("//127.0.0.1/")]
    [InlineData("ftp://example.com/")]
    public async Task No_spelling_of_an_inner_address_gets_through(string url)
    {
        await using var services = Services(new EgressRules());
        var uri = new Uri(url, UriKind.RelativeOrAbsolute);

        var error = await Record.ExceptionAsync(() => services.GetRequiredService<IHttpClientFactory>().CreateClient("guarded").GetAsync(uri));

        // A scheme that is not of the web is refused by the client itself.
        Assert.True(EgressRefusedException.Caused(error) || error is NotSupportedException or InvalidOperationException, error?.ToString());
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("8.8.8.8", "127.0.0.1")]
    [InlineData("2606:4700:4700::1111", "::1")]
    [InlineData]
    public async Task One_inner_answer_of_a_name_is_enough_to_refuse(params string[] answers)
    {
        var guard = new EgressGuard(new EgressRules(), (_, _) => Task.FromResult(Array.ConvertAll(answers, IPAddress.Parse)));
        var error = await Record.ExceptionAsync(() => GetAsync(guard, new Uri("https://rebinding.example/")));
        Assert.True(EgressRefusedException.Caused(error), error?.ToString());
    }

    [Fact]
    public async Task The_judged_address_is_the_one_that_is_connected_to()
    {
        var asked = 0;
        await using var server = await LocalServer.StartAsync(http => http.Response.WriteAsync(http.Request.Host.Value!));
        var exempt = new UriBuilder(server.Url) { Host = "operators.example" }.Uri;
        var guard = new EgressGuard(new EgressRules { Exempt = [exempt] }, (_, _) =>
        {
            asked++;
            return Task.FromResult<IPAddress[]>([IPAddress.Loopback]);
        });

        Assert.Equal(exempt.Authority, await GetAsync(guard, exempt)); // the name stays, only one question was asked
        Assert.Equal(1, asked);
    }

    [Fact]
    public async Task An_exempt_origin_is_exempt_with_its_port_only()
    {
        await using var server = await LocalServer.StartAsync(http => http.Response.WriteAsync("inner"));
        await using var services = Services(new EgressRules { Exempt = [server.Url] });
        var http = services.GetRequiredService<IHttpClientFactory>().CreateClient("guarded");

        Assert.Equal("inner", await http.GetStringAsync(server.Url));
        var error = await Record.ExceptionAsync(() => http.GetAsync(new UriBuilder(server.Url) { Port = server.Url.Port ^ 1 }.Uri));
        Assert.True(EgressRefusedException.Caused(error));
    }

    [Fact]
    public async Task Redirects_are_not_followed_and_cookies_not_kept()
    {
        var cookies = new List<string>();
        await using var server = await LocalServer.StartAsync(http =>
        {
            cookies.Add(http.Request.Headers.Cookie.ToString());
            http.Response.Headers.SetCookie = "a=b";
            http.Response.Redirect("http://127.0.0.1:1/");
            return Task.CompletedTask;
        });
        await using var services = Services(new EgressRules { Exempt = [server.Url] });
        var http = services.GetRequiredService<IHttpClientFactory>().CreateClient("guarded");

        Assert.Equal(HttpStatusCode.Redirect, (await http.GetAsync(server.Url)).StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, (await http.GetAsync(server.Url)).StatusCode);
        Assert.Equal(["", ""], cookies);
    }

    [Fact]
    public void Plain_http_needs_leave() =>
        Assert.Throws<EgressRefusedException>(() => new EgressGuard(new EgressRules()).Check(new Uri("http://example.com/")));

    [Fact]
    public void Plain_http_with_leave_is_for_port_80_only()
    {
        var guard = new EgressGuard(new EgressRules { AllowHttp = true });
        guard.Check(new Uri("http://example.com/"));
        Assert.Throws<EgressRefusedException>(() => guard.Check(new Uri("http://example.com:8080/")));
    }

    private static async Task<string> GetAsync(EgressGuard guard, Uri uri)
    {
        using var handler = new SocketsHttpHandler { ConnectCallback = guard.ConnectAsync };
        using var http = new HttpMessageInvoker(handler);
        using var response = await http.SendAsync(new HttpRequestMessage(HttpMethod.Get, uri), CancellationToken.None);
        return await response.Content.ReadAsStringAsync();
    }

    private static ServiceProvider Services(EgressRules rules)
    {
        var services = new ServiceCollection();
        services.AddGuardedHttpClient("guarded", _ => rules);
        return services.BuildServiceProvider();
    }
}
