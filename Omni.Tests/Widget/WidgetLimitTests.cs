using System.Net;
using System.Net.Http.Headers;
using Omni.Core.Common;
using Omni.Tests.Api;

namespace Omni.Tests.Widget;

/// <summary>The program with the limits as they come, and without a mail server.</summary>
public sealed class StrictWidgetHost : WidgetHost
{
    protected override bool HasMail => false;

    protected override IEnumerable<string> Settings => ["--Omni:Widget:AddressCallsPerMinute=100000"];
}

[Trait("Category", "Database")]
public sealed class WidgetLimitTests(StrictWidgetHost host) : IClassFixture<StrictWidgetHost>
{
    [Fact]
    public async Task Thousands_of_new_visitors_from_one_address_are_refused_and_leave_few_rows()
    {
        using var known = await host.VisitAsync();
        using var http = host.Client();
        var refused = 0;
        await Parallel.ForEachAsync(Enumerable.Range(0, 2_000), new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (_, ct) =>
        {
            using var answer = await http.PostAsync($"/widget/{host.SiteKey}/visitors", new StringContent("{}", new MediaTypeHeaderValue("application/json")), ct);
            if (answer.StatusCode == HttpStatusCode.TooManyRequests)
            {
                Assert.True(answer.Headers.RetryAfter?.Delta > TimeSpan.Zero);
                Interlocked.Increment(ref refused);
            }
        });

        Assert.True(refused > 1_900, $"{refused} refused");
        Assert.True(await host.QueryAsync<long>("select count(*) from widget_visitors") < 100);

        // Somebody who was there before goes on, up to what one person can write.
        var answers = new List<HttpStatusCode>();
        for (var i = 0; i < 60; i++)
        {
            answers.Add((await known.SendAsync(HttpMethod.Post, "messages", new { clientId = OmniId.New(), text = $"flood {i}" })).StatusCode);
        }

        Assert.Equal(HttpStatusCode.Accepted, answers[0]);
        Assert.Contains(HttpStatusCode.TooManyRequests, answers);
        var letter = await (await known.SendAsync(HttpMethod.Post, "transcript", new { email = "a@example.com" })).ProblemAsync(HttpStatusCode.Conflict);
        Assert.Contains("no mail server", letter["detail"]!.GetValue<string>(), StringComparison.Ordinal);
        await TooLargeAsync(known);
    }

    /// <summary>200 MB, without saying so beforehand.</summary>
    private static async Task TooLargeAsync(TestVisitor visitor)
    {
        using var content = new StreamContent(new Endless(200L << 20));
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/widget/{visitor.SiteKey}/files") { Content = new MultipartFormDataContent { { content, "file", "big.png" } } };
        request.Headers.Add("X-Omni-Visitor", visitor.Token);
        request.Headers.TransferEncodingChunked = true;
        request.Headers.ExpectContinue = true;
        HttpStatusCode? status = null;
        try
        {
            using var answer = await visitor.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
            status = answer.StatusCode;
        }
        catch (HttpRequestException cut)
        {
            // The server need not take the rest of what it refused.
            Assert.True(cut.InnerException is IOException, cut.ToString());
        }

        Assert.True(status is null or HttpStatusCode.RequestEntityTooLarge, $"{status}");
        await (await visitor.UploadAsync(new byte[(20 << 20) + 10])).ProblemAsync(HttpStatusCode.RequestEntityTooLarge);
    }

    private sealed class Endless(long size) : Stream
    {
        private long _left = size;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count)
        {
            var part = (int)Math.Min(count, _left);
            _left -= part;
            return part;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
