using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Omni.Tests.Api;
using Omni.Tests.Identity;
using Omni.Tests.Support;

namespace Omni.Tests.Security;

/// <summary>What is open ends when the right to it does. The five seconds are judged by the program's own times: the record of the deed, and the line of its log that tells of the end.</summary>
[Collection("Security")]
public sealed class RevocationTests(SecurityRig rig)
{
    private const int Size = 48 << 20; // more than all buffers on the way hold

    private static readonly TimeSpan Promise = TimeSpan.FromSeconds(5);

    [Theory]
    [InlineData("session")]
    [InlineData("role")]
    [InlineData("removal")]
    [InlineData("password")]
    public async Task Stream_and_running_download_end_within_five_seconds(string cause)
    {
        var bo = await rig.JoinAsync("bo");
        var (http, cookie) = await rig.SignInAsync(bo.Email);
        using var browser = http;
        var sessions = await SecurityRig.CallAsync(http, HttpMethod.Get, "/api/v1/auth/sessions");
        var session = sessions.AsArray().First(s => s!["current"]!.GetValue<bool>())!["id"]!.GetValue<Guid>();
        using var listener = rig.Client();
        listener.DefaultRequestHeaders.Add("Cookie", cookie);
        await using var stream = await EventReader.OpenAsync(listener, "/api/v1/events");
        using var download = await Download.BeginAsync(rig.Address, await FileAsync(), ("Cookie", cookie));
        using var his = rig.Client(bo.Token);

        switch (cause)
        {
            case "session": await SecurityRig.CallAsync(his, HttpMethod.Delete, $"/api/v1/auth/sessions/{session}"); break;
            case "role": await rig.Spine.CallAsync(HttpMethod.Patch, $"/api/v1/members/{bo.Id}", new { role = "viewer" }); break;
            case "removal": await rig.Spine.CallAsync(HttpMethod.Delete, $"/api/v1/members/{bo.Id}"); break;
            default: await SecurityRig.CallAsync(his, HttpMethod.Post, "/api/v1/auth/change-password", new { current = SpineRig.Password, @new = "another fjord entirely" }); break;
        }

        await AllEndedAsync(session, 2, bo);
        await Eventually.HoldsAsync(() => stream.Ended, "the stream ends");
        Assert.True(await download.RestAsync() < Size);
    }

    [Fact]
    public async Task A_personal_token_that_is_deleted_ends_its_stream_and_download()
    {
        var bo = await rig.JoinAsync("bo");
        using var his = rig.Client(bo.Token);
        var made = await SecurityRig.CallAsync(his, HttpMethod.Post, "/api/v1/auth/tokens", new { name = "robot", scopes = new[] { "events:read", "media:read" } }, HttpStatusCode.Created);
        var token = made["token"]!.GetValue<string>();
        using var robot = rig.Client(token);
        await using var stream = await EventReader.OpenAsync(robot, "/api/v1/events");
        using var download = await Download.BeginAsync(rig.Address, await FileAsync(), ("Authorization", $"Bearer {token}"));
        var session = await rig.Spine.QueryAsync<Guid>($"select session_id from api_tokens where id = '{made["id"]}'");

        await SecurityRig.CallAsync(his, HttpMethod.Delete, $"/api/v1/auth/tokens/{made["id"]}");

        await AllEndedAsync(session, 2, bo);
        await Eventually.HoldsAsync(() => stream.Ended, "the stream ends");
        Assert.True(await download.RestAsync() < Size);
    }

    [Fact]
    public async Task A_download_that_nobody_takes_away_arrives_whole()
    {
        using var download = await Download.BeginAsync(rig.Address, await FileAsync(), ("Authorization", rig.Spine.Api.DefaultRequestHeaders.Authorization!.ToString()));
        Assert.Equal(Size, await download.RestAsync());
    }

    /// <summary>Waits until the log tells of every end, and compares with the record of what caused it.</summary>
    private async Task AllEndedAsync(Guid session, int count, Person person)
    {
        List<DateTimeOffset> ends = [];
        await Eventually.HoldsAsync(() => (ends = Ends(session)).Count >= count, $"{count} ends of session {session} in the log");
        var caused = await rig.Spine.QueryAsync<DateTime>(
            $"select max(at) from audit_log where (action like 'member.%' or action like 'session.%' or action like 'token.%' or action like 'password.%') and (user_id = '{person.Id}' or target like '%{person.Id}%')");
        Assert.All(ends, end => Assert.InRange(end - new DateTimeOffset(caused, TimeSpan.Zero), -Promise, Promise));
    }

    private List<DateTimeOffset> Ends(Guid session) =>
        [.. rig.Spine.Omni.Output.Split('\n').Where(l => l.Contains("A circuit or stream of session " + session, StringComparison.Ordinal))
            .Select(l => DateTimeOffset.Parse(JsonNode.Parse(l)!["timestamp"]!.GetValue<string>(), CultureInfo.InvariantCulture))];

    private async Task<string> FileAsync()
    {
        using var form = Forms.File("long.bin", RandomNumberGenerator.GetBytes(Size));
        return (await SecurityRig.CallAsync(rig.Spine.Api, HttpMethod.Post, "/api/v1/media", form, HttpStatusCode.Created))["id"]!.GetValue<string>();
    }

    /// <summary>A download that stands still after its first bytes until it is read on.</summary>
    private sealed class Download(HttpClient http, HttpResponseMessage answer, Stream content) : IDisposable
    {
        internal static async Task<Download> BeginAsync(Uri address, string file, (string Name, string Value) proof)
        {
            var http = new HttpClient(new SocketsHttpHandler
            {
                UseProxy = false,
                UseCookies = false,
                ConnectCallback = async (context, ct) =>
                {
                    var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 64 << 10 };
                    await socket.ConnectAsync(context.DnsEndPoint, ct);
                    return new NetworkStream(socket, ownsSocket: true);
                },
            })
            { BaseAddress = address };
            http.DefaultRequestHeaders.TryAddWithoutValidation(proof.Name, proof.Value);
            var answer = await http.GetAsync($"/media/{file}", HttpCompletionOption.ResponseHeadersRead);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.Equal(Size, answer.Content.Headers.ContentLength);
            return new Download(http, answer, await answer.Content.ReadAsStreamAsync());
        }

        /// <summary>Reads on to the end.</summary>
        /// <returns>Bytes that came.</returns>
        internal async Task<long> RestAsync()
        {
            var (buffer, bytes) = (new byte[1 << 16], 0L);
            try
            {
                for (int read; (read = await content.ReadAsync(buffer)) > 0;)
                {
                    bytes += read;
                }
            }
            catch (IOException)
            {
                return bytes;
            }

            return bytes;
        }

        public void Dispose()
        {
            content.Dispose();
            answer.Dispose();
            http.Dispose();
        }
    }
}
