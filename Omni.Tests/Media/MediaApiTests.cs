using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using Omni.Core.Media;
using Omni.Tests.Api;

namespace Omni.Tests.Media;

/// <summary>The API with small uploads.</summary>
public sealed class SmallUploadsHost : ApiHost
{
    protected override IEnumerable<(string Key, string Value)> Settings => [("Omni:MaxUploadBytes", "200000")];
}

public sealed class MediaApiTests(SmallUploadsHost host) : IClassFixture<SmallUploadsHost>, IDisposable
{
    private readonly HttpClient _ann = host.Client(host.Ann);

    public void Dispose() => _ann.Dispose();

    [Fact]
    public async Task An_upload_is_typed_by_its_bytes_and_comes_back_as_it_was()
    {
        var picture = Pictures.Png(40, 20);
        var file = await (await _ann.PostAsync("/api/v1/media", Forms.File("../../Ærlig \u202Egnp.exe", picture, "application/x-msdownload"))).DataAsync(HttpStatusCode.Created);

        using var answer = await _ann.GetAsync((string)file["url"]!);

        Assert.Equal(("image", "image/png", picture.Length), ((string?)file["type"], (string?)file["mime"], (int)file["size"]!));
        Assert.Equal("Ærlig gnp.exe", (string?)file["name"]);
        Assert.Equal(picture, await answer.Content.ReadAsByteArrayAsync());
        Assert.Equal("image/png", answer.Content.Headers.ContentType?.MediaType);
        Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
        Assert.Equal("sandbox; default-src 'none'", Assert.Single(answer.Headers.GetValues("Content-Security-Policy")));
        Assert.Equal("inline", answer.Content.Headers.ContentDisposition?.DispositionType);
        Assert.Equal("Ærlig gnp.exe", answer.Content.Headers.ContentDisposition?.FileNameStar);
    }

    [Theory]
    [InlineData("<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>", "a.svg", "image/svg+xml")]
    [InlineData("<!doctype html><script>alert(1)</script>", "a.html", "text/html")]
    [InlineData("  \n<html><body onload=alert(1)>", "a.png", "image/png")]
    [InlineData("<?xml version=\"1.0\"?><x/>", "a.xml", "text/xml")]
    [InlineData("%PDF-1.7 <script>alert(1)</script>", "a.pdf", "application/pdf")]
    [InlineData("hello = 1; alert(1)", "a.js", "text/javascript")]
    public async Task What_a_browser_might_run_is_only_ever_saved(string content, string name, string claimed)
    {
        var file = await (await _ann.PostAsync("/api/v1/media", Forms.File(name, Encoding.UTF8.GetBytes(content), claimed))).DataAsync(HttpStatusCode.Created);

        using var answer = await _ann.GetAsync((string)file["url"]!);

        Assert.Equal("attachment", answer.Content.Headers.ContentDisposition?.DispositionType);
        Assert.Contains(answer.Content.Headers.ContentType?.MediaType, new[] { "application/octet-stream", "text/plain", "application/pdf" });
        Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
        Assert.Contains("sandbox", Assert.Single(answer.Headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_polyglot_is_served_as_the_image_it_begins_as_inside_a_sandbox()
    {
        byte[] polyglot = [.. "GIF89a/*"u8, .. "<script>alert(1)</script>"u8];
        var file = await (await _ann.PostAsync("/api/v1/media", Forms.File("x.html", polyglot, "text/html"))).DataAsync(HttpStatusCode.Created);

        using var answer = await _ann.GetAsync((string)file["url"]!);

        Assert.Equal("image/gif", answer.Content.Headers.ContentType?.MediaType);
        Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
        Assert.Equal("sandbox; default-src 'none'", Assert.Single(answer.Headers.GetValues("Content-Security-Policy")));
    }

    [Fact]
    public async Task Ranges_and_validators_work()
    {
        var file = await (await _ann.PostAsync("/api/v1/media", Forms.File("a.txt", "0123456789"u8.ToArray()))).DataAsync(HttpStatusCode.Created);
        var url = (string)file["url"]!;

        using var part = await _ann.SendAsync(new HttpRequestMessage(HttpMethod.Get, url) { Headers = { Range = new RangeHeaderValue(2, 4) } });
        using var same = await _ann.SendAsync(new HttpRequestMessage(HttpMethod.Get, url) { Headers = { IfNoneMatch = { part.Headers.ETag! } } });
        using var beyond = await _ann.SendAsync(new HttpRequestMessage(HttpMethod.Get, url) { Headers = { Range = new RangeHeaderValue(50, null) } });

        Assert.Equal((HttpStatusCode.PartialContent, "234"), (part.StatusCode, await part.Content.ReadAsStringAsync()));
        Assert.Equal(HttpStatusCode.NotModified, same.StatusCode);
        Assert.Equal(HttpStatusCode.RequestedRangeNotSatisfiable, beyond.StatusCode);
    }

    [Fact]
    public async Task Too_large_a_file_leaves_nothing_behind()
    {
        using var known = await _ann.PostAsync("/api/v1/media", Forms.File("a.bin", new byte[400_000]));
        await known.ProblemAsync(HttpStatusCode.RequestEntityTooLarge);
        using var unknown = new HttpRequestMessage(HttpMethod.Post, "/api/v1/media") { Content = Forms.File("b.bin", new byte[201_000]), Headers = { TransferEncodingChunked = true } };
        using var answer = await _ann.SendAsync(unknown);
        await answer.ProblemAsync(HttpStatusCode.RequestEntityTooLarge);

        Assert.Empty(Directory.Exists(Path.Combine(host.Folder, "files", "unfinished")) ? Directory.GetFiles(Path.Combine(host.Folder, "files", "unfinished")) : []);
    }

    [Fact]
    public async Task A_form_without_a_file_and_a_viewer_are_refused()
    {
        await (await _ann.PostAsync("/api/v1/media", new MultipartFormDataContent { { new StringContent("x"), "comment" } })).ProblemAsync(HttpStatusCode.BadRequest);
        await (await _ann.PostAsJsonAsync("/api/v1/media", new { })).ProblemAsync(HttpStatusCode.UnsupportedMediaType);
        var viewer = await host.JoinAsync(host.Ann, "viewer@example.test", "viewer");
        using var http = host.Client(viewer);
        await (await http.PostAsync("/api/v1/media", Forms.File("a.txt", "x"u8.ToArray()))).ProblemAsync(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task An_avatar_is_replaced_and_only_pictures_are_taken()
    {
        var first = (string)(await (await _ann.PostAsync("/api/v1/users/me/avatar", Forms.File("me.png", Pictures.Png(30, 30)))).DataAsync())["avatarUrl"]!;
        var second = (string)(await (await _ann.PostAsync("/api/v1/users/me/avatar", Forms.File("me.png", Pictures.Png(20, 20)))).DataAsync())["avatarUrl"]!;
        await (await _ann.PostAsync("/api/v1/users/me/avatar", Forms.File("me.png", "<svg/>"u8.ToArray()))).ProblemAsync(HttpStatusCode.BadRequest);
        var vast = Pictures.Png(20, 20);
        (vast[18], vast[22]) = (0x7D, 0x7D); // a header of 32,020 x 32,020 pixels
        var refused = await (await _ann.PostAsync("/api/v1/users/me/avatar", Forms.File("me.png", vast))).ProblemAsync(HttpStatusCode.BadRequest);
        Assert.Contains("25 million pixels", refused.ToJsonString(), StringComparison.Ordinal);

        using var shown = await _ann.GetAsync(second);
        await (await _ann.GetAsync(first)).ProblemAsync(HttpStatusCode.NotFound);

        using var stranger = host.Client(host.Eve);
        await (await stranger.GetAsync(second)).ProblemAsync(HttpStatusCode.NotFound);
        Assert.Equal(HttpStatusCode.OK, shown.StatusCode);
        Assert.StartsWith("image/", shown.Content.Headers.ContentType?.MediaType, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_logo_is_copied_from_an_upload_and_is_the_organizations_alone()
    {
        var file = await (await _ann.PostAsync("/api/v1/media", Forms.File("logo.png", Pictures.Png(30, 30)))).DataAsync(HttpStatusCode.Created);
        var changed = await (await _ann.PatchAsJsonAsync("/api/v1/organizations/current", new { theme = new { primaryColor = "#0B6E4F", logoUrl = (string)file["url"]!, mode = "dark" } })).DataAsync();
        var logo = (string)changed["theme"]!["logoUrl"]!;

        using var shown = await _ann.GetAsync(logo);
        Assert.StartsWith("image/", shown.Content.Headers.ContentType?.MediaType, StringComparison.Ordinal);
        using var look = await _ann.GetAsync($"/organizations/{(string)changed["id"]!}/look.css");
        Assert.Equal("text/css", look.Content.Headers.ContentType?.MediaType);
        Assert.Contains("light-dark(#0b6e4f,", await look.Content.ReadAsStringAsync(), StringComparison.Ordinal);

        using var bo = host.Client(host.Eve);
        await (await bo.GetAsync(logo)).ProblemAsync(HttpStatusCode.NotFound);
        await (await bo.GetAsync($"/organizations/{(string)changed["id"]!}/look.css")).ProblemAsync(HttpStatusCode.NotFound);
        foreach (var bad in new[] { "https://evil.example/x.png", "/media/nothing", $"/media/{Guid.NewGuid()}", "/avatars/x" })
        {
            await (await _ann.PatchAsJsonAsync("/api/v1/organizations/current", new { theme = new { logoUrl = bad } })).ProblemAsync(HttpStatusCode.BadRequest);
        }

        await (await _ann.PatchAsJsonAsync("/api/v1/organizations/current", new { theme = new { primaryColor = "#12345", logoUrl = "" } })).ProblemAsync(HttpStatusCode.BadRequest);
        var bare = await (await _ann.PatchAsJsonAsync("/api/v1/organizations/current", new { theme = new { primaryColor = "", logoUrl = "", mode = "auto" } })).DataAsync();
        Assert.Null(bare["theme"]!["logoUrl"]);
        await (await _ann.GetAsync(logo)).ProblemAsync(HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("""{"theme":"pink"}""")]
    [InlineData("""{"density":7}""")]
    [InlineData("""{"sendKey":"space"}""")]
    [InlineData("""{"shortcuts":"yes"}""")]
    public async Task Preferences_that_do_not_exist_are_refused(string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        await (await _ann.PatchAsync("/api/v1/users/me/settings", content)).ProblemAsync(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task A_thumbnail_is_a_small_picture_and_a_pixel_bomb_gets_none()
    {
        var file = await (await _ann.PostAsync("/api/v1/media", Forms.File("a.png", Pictures.Png(1000, 500)))).DataAsync(HttpStatusCode.Created);
        var bomb = await (await _ann.PostAsync("/api/v1/media", Forms.File("b.png", Pictures.Png(60_000, 60_000, withContent: false)))).DataAsync(HttpStatusCode.Created);

        using var small = await _ann.GetAsync($"/api/v1/media/{(string)file["id"]!}/thumbnail");
        using var again = await _ann.GetAsync($"/api/v1/media/{(string)file["id"]!}/thumbnail");
        await (await _ann.GetAsync($"/api/v1/media/{(string)bomb["id"]!}/thumbnail")).ProblemAsync(HttpStatusCode.NotFound);

        if (IsInstalled("vipsthumbnail"))
        {
            var bytes = await small.Content.ReadAsByteArrayAsync();
            Assert.Equal("image/webp", ContentType.Sniff(bytes));
            Assert.Equal((320, 160), Core.Media.ImageHeader.Read(bytes));
            Assert.Equal(bytes, await again.Content.ReadAsByteArrayAsync());
        }
        else
        {
            await small.ProblemAsync(HttpStatusCode.NotFound);
        }
    }

    private static bool IsInstalled(string program) => Environment.GetEnvironmentVariable("PATH")!.Split(':').Any(f => File.Exists(Path.Combine(f, program)));
}
