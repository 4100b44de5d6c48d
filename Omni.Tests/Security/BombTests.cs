using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Omni.Infrastructure.Channels.Meta;
using Omni.Tests.Api;
using Omni.Tests.Support;

namespace Omni.Tests.Security;

[Collection("Security")]
public sealed class BombTests(SecurityRig rig)
{
    private const long MostGrowth = 200L << 20;

    [Fact]
    public async Task What_unpacks_to_hundreds_of_megabytes_is_not_unpacked_anywhere()
    {
        var bomb = Bomb(); // 256 MB of blanks in about a megabyte
        var before = Memory();
        using var http = rig.Client();
        for (var i = 0; i < 4; i++)
        {
            using var delivery = Packed(bomb);
            delivery.Headers.Add("X-Hub-Signature-256", MetaSignature.Sign(bomb, SpineRig.AppSecret));
            Assert.True((await http.PostAsync("/webhooks/whatsapp", delivery)).StatusCode is HttpStatusCode.OK or HttpStatusCode.BadRequest); // kept as the bytes they are
            using var login = Packed(bomb);
            Assert.True((int)(await http.PostAsync("/api/v1/auth/login", login)).StatusCode is >= 400 and < 500);
            using var label = Packed(bomb);
            Assert.True((int)(await rig.Spine.Api.PostAsync("/api/v1/labels", label)).StatusCode is >= 400 and < 500);
        }

        using var archive = Forms.File("bomb.zip", Zip(bomb), "application/zip");
        var file = await SecurityRig.CallAsync(rig.Spine.Api, HttpMethod.Post, "/api/v1/media", archive, HttpStatusCode.Created);
        Assert.Equal("file", file["type"]!.GetValue<string>());
        Assert.Equal(HttpStatusCode.NotFound, (await rig.Spine.Api.GetAsync($"/api/v1/media/{file["id"]}/thumbnail")).StatusCode);
        Assert.True(Memory() - before < MostGrowth, $"the program grew by {(Memory() - before) >> 20} MB");
    }

    [Fact]
    public async Task Deep_JSON_and_JSON_of_a_hundred_thousand_members_are_refused_or_read_within_bounds()
    {
        string[] bodies =
        [
            string.Concat(Enumerable.Repeat("{\"a\":", 100_000)), new string('[', 1_000_000), "{\"name\":" + new string('9', 1_000_000) + "}",
            "{" + string.Join(',', Enumerable.Range(0, 100_000).Select(i => $"\"m{i}\":1")) + "}", "{\"name\":\"" + new string('n', 4 << 20) + "\"}",
        ];
        foreach (var body in bodies)
        {
            foreach (var path in new[] { "/api/v1/labels", "/api/v1/contacts", "/api/v1/auth/login" })
            {
                using var content = new StringContent(body, Encoding.UTF8, "application/json");
                try
                {
                    var answer = await rig.Spine.Api.PostAsync(path, content);
                    Assert.True((int)answer.StatusCode is >= 400 and < 500, $"{path} {body[..20]}: {(int)answer.StatusCode}");
                }
                catch (HttpRequestException cut) when (cut.InnerException is IOException)
                {
                    Assert.False(rig.Spine.Omni.Process.HasExited); // refused and closed before everything was sent
                }
            }
        }
    }

    private long Memory()
    {
        rig.Spine.Omni.Process.Refresh();
        return rig.Spine.Omni.Process.WorkingSet64;
    }

    private static ByteArrayContent Packed(byte[] content) =>
        new(content) { Headers = { ContentType = new MediaTypeHeaderValue("application/json"), ContentEncoding = { "gzip" } } };

    private static byte[] Bomb()
    {
        var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            var blanks = Encoding.ASCII.GetBytes(new string(' ', 1 << 20));
            for (var i = 0; i < 256; i++)
            {
                gzip.Write(blanks);
            }
        }

        return packed.ToArray();
    }

    private static byte[] Zip(byte[] content)
    {
        var packed = new MemoryStream();
        using (var zip = new ZipArchive(packed, ZipArchiveMode.Create, leaveOpen: true))
        {
            using var entry = zip.CreateEntry("bomb.gz").Open();
            entry.Write(content);
        }

        return packed.ToArray();
    }
}
