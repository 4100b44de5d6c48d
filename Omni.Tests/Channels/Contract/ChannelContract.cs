using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json.Nodes;
using Omni.Core.Channels;
using Xunit.Abstractions;

namespace Omni.Tests.Channels.Contract;

/// <summary>
/// What every adapter must do, whatever its platform. A platform's tests inherit this, name their payload folder and fill in the abstract
/// members. The folder <c>Payloads</c> holds payload files (<c>*.json</c>), <c>expected.jsonl</c> (one line per file) and
/// <c>signatures.jsonl</c>; <c>OMNI_FIXTURES</c> may name a folder with more of them, one folder per platform.
/// </summary>
public abstract partial class ChannelContract(ITestOutputHelper output)
{
    /// <summary>Stands in slices for an account that a payload does not name.</summary>
    private const string NoAccount = "unknown";

    /// <summary>The adapter under test.</summary>
    internal abstract IChannelAdapter Adapter { get; }

    /// <summary>The adapter when it is a certain time, for signatures that carry one.</summary>
    internal virtual IChannelAdapter At(DateTimeOffset now) => Adapter;

    /// <summary>Name of the platform's folder of payloads.</summary>
    protected abstract string Folder { get; }

    /// <summary>True when one delivery can hold several items and accounts.</summary>
    protected virtual bool HoldsMany => true;

    /// <summary>True when the platform posts deliveries and signs them; false when they are fetched, so that nothing at all may count as posted.</summary>
    protected virtual bool Posts => true;

    /// <summary>A delivery as the adapter reads it, from a payload file and its line.</summary>
    protected virtual byte[] Delivery(string path, JsonNode line) => File.ReadAllBytes(path);

    /// <summary>A line in the shape all platforms share; null when its file is no delivery.</summary>
    protected virtual JsonNode? Expected(JsonNode line) => line;

    /// <summary>A signed header set for a body, as the platform sends it.</summary>
    protected virtual IReadOnlyDictionary<string, string> Sign(byte[] body, string secret) => throw new NotSupportedException($"{Folder} posts deliveries: say how it signs them.");

    /// <summary>A delivery with one text message.</summary>
    /// <param name="accountId">The account it came to.</param>
    /// <param name="messageId">The message's id.</param>
    /// <param name="textJson">The text, already written as the inside of a JSON string.</param>
    /// <param name="timeJson">The platform's time of the message, already written as JSON.</param>
    protected abstract byte[] TextDelivery(string accountId, string messageId, string textJson, string timeJson = "1790000000000");

    /// <summary>A delivery with one message of a type that nobody knows.</summary>
    protected abstract byte[] UnknownDelivery(string accountId, string messageId);

    /// <summary>One delivery with the items of several.</summary>
    protected abstract byte[] Join(params byte[][] deliveries);

    /// <summary>Deliveries of other platforms that could be sent to this one's address by mistake.</summary>
    protected abstract IEnumerable<byte[]> ForeignDeliveries { get; }

    [Fact]
    public void Every_payload_gives_exactly_what_is_expected()
    {
        var lines = Deliveries();
        Assert.NotEmpty(lines);
        List<string> unequal = [];
        output.WriteLine($"{"platform",-12} {"files",5} {"events",6} {"equal",5}  folder");
        foreach (var folder in lines.GroupBy(l => l.Folder))
        {
            var wrong = unequal.Count;
            foreach (var (_, line, body) in folder)
            {
                if (ExpectedEvents.Difference(line, Adapter.Parse(body)) is { } difference)
                {
                    unequal.Add(difference);
                }
            }

            var row = $"{Folder,-12} {folder.Count(),5} {folder.Sum(l => l.Line["events"]!.AsArray().Count),6} {folder.Count() - (unequal.Count - wrong),5}  {Path.GetFileName(Path.GetDirectoryName(folder.Key))}/{Path.GetFileName(folder.Key)}";
            output.WriteLine(row);
            Console.WriteLine(row);
        }

        Assert.True(unequal.Count == 0, string.Join("\n\n", unequal));
    }

    [Fact]
    public void Cutting_a_body_loses_and_adds_nothing()
    {
        foreach (var (_, line, body) in Deliveries())
        {
            var slices = Adapter.Split(body);

            Assert.All(slices, s => Assert.Null(ExpectedEvents.Difference(ExpectedEvents.Of(line, s.AccountId), Adapter.Parse(s.Body))));
            if (line["events"]!.AsArray().Count > 0)
            {
                Assert.Equal(line["events"]!.AsArray().Select(e => (string?)e!["channel_account_id"] ?? NoAccount).Distinct(), slices.Select(s => s.AccountId));
            }

            if (slices.Count == 1)
            {
                Assert.Equal(body, slices[0].Body.ToArray());
            }
        }
    }

    [Fact]
    public void A_delivery_of_another_platform_is_told_apart()
    {
        foreach (var body in ForeignDeliveries)
        {
            Assert.Throws<ForeignDeliveryException>(() => Adapter.Split(body));
        }
    }

    [Fact]
    public void Accounts_that_came_together_are_cut_apart_to_the_byte()
    {
        if (!HoldsMany)
        {
            return; // one delivery is about one account
        }

        var slices = Adapter.Split(Join(TextDelivery("100", "m1", "words of one"), TextDelivery("200", "m2", "words of two"), TextDelivery("100", "m3", "more of one")));
        Assert.Equal(["100", "200"], slices.Select(s => s.AccountId));
        Assert.Equal(["words of one", "more of one"], Adapter.Parse(slices[0].Body).Select(i => i.Event?.Text));
        Assert.Equal(["words of two"], Adapter.Parse(slices[1].Body).Select(i => i.Event?.Text));
        Assert.DoesNotContain("words of two", Encoding.UTF8.GetString(slices[0].Body.Span), StringComparison.Ordinal);
        Assert.DoesNotContain("of one", Encoding.UTF8.GetString(slices[1].Body.Span), StringComparison.Ordinal);
    }

    [Fact]
    public void What_came_twice_in_one_delivery_is_read_once()
    {
        var (first, second) = (TextDelivery("100", "m1", "one"), TextDelivery("100", "m2", "two"));
        if (HoldsMany)
        {
            Assert.Equal(["one", "two"], Adapter.Parse(Join(first, second, first)).Select(i => i.Event?.Text));
            Assert.Equal(["two", "one"], Adapter.Parse(Join(second, first, second)).Select(i => i.Event?.Text));
        }

        Assert.Equal(Adapter.Parse(first).Select(i => i.Event?.ExternalId), Adapter.Parse(first).Select(i => i.Event?.ExternalId));
    }

    [Fact]
    public void A_message_of_an_unknown_type_keeps_its_place()
    {
        var read = Assert.Single(Adapter.Parse(UnknownDelivery("100", "m1"))).Event;
        Assert.Equal((InboundKind.Message, "unsupported", "m1"), (read?.Kind, read?.Type, read?.ExternalId));
        Assert.NotNull(read?.ContactId);
    }

    [Theory]
    [InlineData("9007199254740993")]
    [InlineData("18446744073709551615")]
    public void An_id_of_64_bits_never_goes_through_floating_point(string id)
    {
        Assert.Equal(id, Assert.Single(Adapter.Parse(TextDelivery("100", id, "x"))).Event?.ExternalId);
        var text = Encoding.UTF8.GetString(TextDelivery("100", id, "x"));
        var asNumber = text.Replace($"\"{id}\"", id, StringComparison.Ordinal).Replace($"\\\"{id}\\\"", id, StringComparison.Ordinal);
        Assert.Equal(id, Assert.Single(Adapter.Parse(Encoding.UTF8.GetBytes(asNumber))).Event?.ExternalId);
    }

    [Theory]
    [InlineData("1790000000000", 1790000000000)]
    [InlineData("1790000000", 1790000000000)]
    [InlineData("0", null)]
    [InlineData("-5", null)]
    [InlineData("99999999999999999999", null)]
    public void A_time_is_taken_by_its_size_and_a_useless_one_costs_no_message(string json, long? milliseconds)
    {
        var read = Assert.Single(Adapter.Parse(TextDelivery("100", "m1", "x", json))).Event;
        Assert.Equal(("x", milliseconds), (read?.Text, read?.Timestamp?.ToUnixTimeMilliseconds()));
    }

    [Fact]
    public void Signatures_are_judged_over_the_bytes_received()
    {
        if (!Posts)
        {
            Assert.False(Adapter.IsAuthentic(new WebhookDelivery(TextDelivery("100", "m1", "hello"), new Dictionary<string, string>()), "secret"));
            return; // nothing that is posted counts
        }

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
            var adapter = (long?)line["now"] is { } now ? At(DateTimeOffset.FromUnixTimeSeconds(now)) : Adapter;
            var valid = adapter.IsAuthentic(new WebhookDelivery(body, headers), (string)line["secret"]!);
            Assert.True((bool)line["valid"]! == valid, $"{line["file"]}: {line["why"]}");
        }
    }

    [Fact]
    public void A_signature_counts_for_its_own_body_and_secret_only()
    {
        if (!Posts)
        {
            return; // nothing is signed
        }

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
        Assert.False(Adapter.IsAuthentic(new WebhookDelivery(body, Posts ? Sign(body, "") : new Dictionary<string, string>()), ""));
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
        Assert.Equal(Posts, Adapter.KeptHeaders.Count > 0);
        Assert.All(Adapter.KeptHeaders, name => Assert.Equal(name.ToLowerInvariant(), name));
        Assert.DoesNotContain("authorization", Adapter.KeptHeaders);
        Assert.DoesNotContain("cookie", Adapter.KeptHeaders);
    }

    /// <summary>The lines that are about deliveries, with what the adapter reads.</summary>
    private List<(string Folder, JsonNode Line, byte[] Body)> Deliveries()
    {
        var deliveries = new List<(string Folder, JsonNode Line, byte[] Body)>();
        foreach (var (folder, line) in Lines("expected.jsonl"))
        {
            if (Expected(line) is { } expected)
            {
                deliveries.Add((folder, expected, Delivery(Path.Combine(folder, (string)line["file"]!), line)));
            }
        }

        return deliveries;
    }

    /// <summary>The lines of a file in the project's own payloads and, where the environment names them, in the shared recordings.</summary>
    private protected List<(string Folder, JsonNode Line)> Lines(string file, [CallerFilePath] string source = "")
    {
        List<string> folders = [Path.Combine(Path.GetDirectoryName(source)!, "..", Folder, "Payloads")];
        if (Environment.GetEnvironmentVariable("OMNI_FIXTURES") is { Length: > 0 } fixtures)
        {
            folders.Add(Path.Combine(fixtures, Folder.ToLowerInvariant()));
        }

        return [.. folders.SelectMany(f => File.ReadLines(Path.Combine(f, file)).Where(l => l.Length > 0).Select(l => (f, JsonNode.Parse(l)!)))];
    }
}
