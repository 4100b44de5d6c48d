using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json.Nodes;
using Omni.Core.Channels;

namespace Omni.Tests.Channels;

/// <summary>
/// What every adapter must do, whatever its platform. A platform's tests inherit this and name their payload folder: payload files
/// (<c>*.json</c>), <c>expected.jsonl</c> (one line per file) and <c>signatures.jsonl</c>.
/// </summary>
public abstract class ChannelContractTests
{
    /// <summary>The adapter under test.</summary>
    internal abstract IChannelAdapter Adapter { get; }

    /// <summary>Name of the platform's folder of payloads.</summary>
    protected abstract string Folder { get; }

    /// <summary>A signed header set for a body, as the platform sends it.</summary>
    protected abstract IReadOnlyDictionary<string, string> Sign(byte[] body, string secret);

    /// <summary>A delivery with one text message.</summary>
    /// <param name="textJson">The text, already written as the inside of a JSON string.</param>
    protected abstract byte[] TextDelivery(string accountId, string messageId, string textJson);

    [Fact]
    public void Every_payload_gives_exactly_what_is_expected()
    {
        var lines = Lines("expected.jsonl");
        Assert.NotEmpty(lines);
        foreach (var (folder, line) in lines)
        {
            ExpectedEvents.AssertEqual(line, Adapter.Parse(File.ReadAllBytes(Path.Combine(folder, (string)line["file"]!))));
        }
    }

    [Fact]
    public void Cutting_a_body_loses_and_adds_nothing()
    {
        foreach (var (folder, line) in Lines("expected.jsonl"))
        {
            var body = File.ReadAllBytes(Path.Combine(folder, (string)line["file"]!));
            var slices = Adapter.Split(body);

            Assert.All(slices, s => ExpectedEvents.AssertEqual(ExpectedEvents.Of(line, s.AccountId), Adapter.Parse(s.Body)));
            Assert.Equal(line["events"]!.AsArray().Select(e => (string)e!["channel_account_id"]!).Distinct(), slices.Select(s => s.AccountId));
            if (slices.Count == 1)
            {
                Assert.Equal(body, slices[0].Body.ToArray());
            }
        }
    }

    [Fact]
    public void Signatures_are_judged_over_the_bytes_received()
    {
        var lines = Lines("signatures.jsonl");
        Assert.NotEmpty(lines);
        foreach (var (folder, line) in lines)
        {
            var headers = new Dictionary<string, string>();
            if ((string?)line["value"] is { } value)
            {
                headers[((string)line["header"]!).ToLowerInvariant()] = value;
            }

            var body = File.ReadAllBytes(Path.Combine(folder, (string)line["file"]!));
            var valid = Adapter.IsAuthentic(new WebhookDelivery(body, headers), (string)line["secret"]!);
            Assert.True((bool)line["valid"]! == valid, $"{line["file"]}: {line["why"]}");
        }
    }

    [Fact]
    public void A_signature_counts_for_its_own_body_and_secret_only()
    {
        var body = TextDelivery("100", "m1", "hello");
        var headers = Sign(body, "right secret");
        var changed = body.ToArray();
        changed[^1] ^= 1;

        Assert.True(Adapter.IsAuthentic(new WebhookDelivery(body, headers), "right secret"));
        Assert.False(Adapter.IsAuthentic(new WebhookDelivery(body, headers), "wrong secret"));
        Assert.False(Adapter.IsAuthentic(new WebhookDelivery(changed, headers), "right secret"));
        Assert.False(Adapter.IsAuthentic(new WebhookDelivery(body, new Dictionary<string, string>()), "right secret"));
        Assert.False(Adapter.IsAuthentic(new WebhookDelivery(body, headers.ToDictionary(h => h.Key, h => $"{h.Value},{h.Value}")), "right secret"));
        Assert.False(Adapter.IsAuthentic(new WebhookDelivery(body, headers.ToDictionary(h => h.Key, h => $"{h.Value} ")), "right secret"));
    }

    [Fact]
    public void An_empty_secret_signs_nothing()
    {
        var body = TextDelivery("100", "m1", "hello");
        Assert.False(Adapter.IsAuthentic(new WebhookDelivery(body, Sign(body, "")), ""));
    }

    [Theory]
    [InlineData("")]
    [InlineData("not json")]
    [InlineData("[]")]
    [InlineData("\"text\"")]
    [InlineData("null")]
    [InlineData("{\"object\":")]
    [InlineData("{\"\\ud800\":1}")]
    public void A_body_that_cannot_be_read_is_a_format_error(string body)
    {
        Assert.Throws<FormatException>(() => Adapter.Parse(Encoding.UTF8.GetBytes(body)));
        Assert.Throws<FormatException>(() => Adapter.Split(Encoding.UTF8.GetBytes(body)));
    }

    [Theory]
    [InlineData('[', ']')]
    [InlineData('{', '}')]
    public void Twenty_thousand_levels_are_a_format_error(char open, char close)
    {
        var opening = open == '{' ? "{\"a\":" : "[";
        var body = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(opening, 20_000)) + "1" + new string(close, 20_000));

        Assert.Throws<FormatException>(() => Adapter.Parse(body));
        Assert.Throws<FormatException>(() => Adapter.Split(body));
    }

    [Theory]
    [InlineData("a\\u0000b", "a\uFFFDb")]
    [InlineData("a\\ud83db", "a\uFFFDb")]
    [InlineData("a\\udc4db", "a\uFFFDb")]
    [InlineData("\\ud83d", "\uFFFD")]
    [InlineData("\\ud83d\\ud83d\\udc4d", "\uFFFD👍")]
    [InlineData("caf\\u00e9 \\ud83d\\udc4d https:\\/\\/example.com\\/a \\\"q\\\" \\n\\t\\r\\b\\f\\\\", "café 👍 https://example.com/a \"q\" \n\t\r\b\f\\")]
    public void A_text_is_kept_as_far_as_it_can_be_stored(string json, string text)
    {
        var item = Assert.Single(Adapter.Parse(TextDelivery("100", "m1", json)));
        Assert.Equal(text, item.Event?.Text);
    }

    [Fact]
    public void Broken_utf8_becomes_replacement_characters()
    {
        var body = TextDelivery("100", "m1", "a?b");
        body[Array.IndexOf(body, (byte)'?')] = 0xFF;

        var item = Assert.Single(Adapter.Parse(body));
        Assert.Equal("a\uFFFDb", item.Event?.Text);
    }

    [Fact]
    public void A_text_of_a_megabyte_is_read()
    {
        var item = Assert.Single(Adapter.Parse(TextDelivery("100", "m1", new string('x', 1 << 20))));
        Assert.Equal(1 << 20, item.Event?.Text?.Length);
    }

    [Fact]
    public void Header_names_that_are_kept_are_lower_case_and_no_secrets()
    {
        Assert.NotEmpty(Adapter.KeptHeaders);
        Assert.All(Adapter.KeptHeaders, name => Assert.Equal(name.ToLowerInvariant(), name));
        Assert.DoesNotContain("authorization", Adapter.KeptHeaders);
        Assert.DoesNotContain("cookie", Adapter.KeptHeaders);
    }

    /// <summary>The lines of a file in the project's own payloads and, where the environment names them, in the shared recordings.</summary>
    private List<(string Folder, JsonNode Line)> Lines(string file, [CallerFilePath] string source = "")
    {
        List<string> folders = [Path.Combine(Path.GetDirectoryName(source)!, Folder, "Payloads")];
        if (Environment.GetEnvironmentVariable("OMNI_FIXTURES") is { Length: > 0 } fixtures)
        {
            folders.Add(Path.Combine(fixtures, Folder.ToLowerInvariant()));
        }

        return [.. folders.SelectMany(f => File.ReadLines(Path.Combine(f, file)).Where(l => l.Length > 0).Select(l => (f, JsonNode.Parse(l)!)))];
    }
}
