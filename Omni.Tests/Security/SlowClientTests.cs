using System.Net;
using System.Net.Sockets;
using System.Text;
using Omni.Tests.Support;

namespace Omni.Tests.Security;

[Collection("Security")]
public sealed class SlowClientTests(SecurityRig rig)
{
    private const int Many = 400;

    [Fact]
    public async Task Connections_that_say_nothing_half_a_header_or_half_a_body_keep_nobody_waiting_and_are_cut()
    {
        string[] beginnings =
        [
            "", "GET /api/v1/users/me HTTP/1.1\r\nHost: x\r\nX-Slow: ", "POST /api/v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 5000\r\n\r\n{",
            "POST /webhooks/whatsapp HTTP/1.1\r\nHost: x\r\nX-Hub-Signature-256: sha256=00\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
        ];
        var slow = new List<TcpClient>();
        try
        {
            for (var i = 0; i < Many; i++)
            {
                var client = new TcpClient();
                await client.ConnectAsync(IPAddress.Loopback, rig.Address.Port);
                await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(beginnings[i % beginnings.Length]));
                slow.Add(client);
            }

            // Everybody else is served meanwhile.
            using var http = rig.Client();
            for (var i = 0; i < 20; i++)
            {
                Assert.Equal(HttpStatusCode.OK, (await http.GetAsync("/signin")).StatusCode);
                Assert.NotNull(await rig.Spine.CallAsync(HttpMethod.Get, "/api/v1/conversations/counts"));
            }

            var unfinished = slow.Where((_, i) => i % beginnings.Length != 0).ToList(); // a connection that asks for nothing may wait for its first request
            await Eventually.HoldsAsync(() => unfinished.TrueForAll(IsClosed), "unfinished requests are cut", TimeSpan.FromSeconds(60));
        }
        finally
        {
            slow.ForEach(c => c.Dispose());
        }
    }

    private static bool IsClosed(TcpClient client)
    {
        try
        {
            while (client.Client.Poll(0, SelectMode.SelectRead))
            {
                if (client.Client.Receive(new byte[4_096]) == 0)
                {
                    return true;
                }
            }

            return false;
        }
        catch (SocketException)
        {
            return true; // reset
        }
    }
}
