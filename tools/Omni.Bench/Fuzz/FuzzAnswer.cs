using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;

namespace Omni.Bench.Fuzz;

/// <summary>What came back.</summary>
/// <param name="Status">HTTP status; 0 when nothing came within the time for a call that waits.</param>
/// <param name="Text">Headers and body, one character for each byte.</param>
/// <param name="Body">The body alone.</param>
/// <param name="Micros">Time to the last byte, or as long as a stream was listened to.</param>
internal sealed partial record FuzzAnswer(int Status, string Text, string Body, double Micros)
{
    private static readonly TimeSpan Listen = TimeSpan.FromMilliseconds(60);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Makes a call and reads its answer to the end; of a stream what comes at once.</summary>
    internal static async Task<FuzzAnswer> OfAsync(HttpClient http, FuzzCall call, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(new HttpMethod(call.Operation.Method), call.Path) { Content = call.Content?.Invoke() };
        foreach (var (name, value) in call.Headers.Concat(call.Caller.Headers))
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(Patience);
        var start = Stopwatch.GetTimestamp();
        using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, patience.Token);
        var bytes = new MemoryStream();
        await using var content = await answer.Content.ReadAsStreamAsync(patience.Token);
        if (answer.Content.Headers.ContentType?.MediaType == "text/event-stream")
        {
            using var listen = CancellationTokenSource.CreateLinkedTokenSource(ct);
            listen.CancelAfter(Listen);
            try
            {
                await content.CopyToAsync(bytes, listen.Token);
            }
            catch (OperationCanceledException) when (!ct.IsCancellationRequested)
            {
                // a stream has no end
            }
        }
        else
        {
            await content.CopyToAsync(bytes, patience.Token);
        }

        var body = Encoding.Latin1.GetString(bytes.GetBuffer(), 0, (int)bytes.Length);
        return new FuzzAnswer((int)answer.StatusCode, $"{answer.Headers}{answer.Content.Headers}\n{body}", body, Stopwatch.GetElapsedTime(start).TotalMicroseconds);
    }

    /// <summary>The body without what differs from one call to the next: ids that the call brought, trace, times, numbers used once.</summary>
    internal string Comparable(FuzzCall call)
    {
        var text = Body;
        foreach (var sent in call.SentValues.Where(s => s.Length > 5).OrderByDescending(s => s.Length))
        {
            text = text.Replace(sent, "(sent)", StringComparison.OrdinalIgnoreCase).Replace(Uri.EscapeDataString(sent), "(sent)", StringComparison.OrdinalIgnoreCase);
        }

        return Passing().Replace(text, "(passing)");
    }

    // traceId, cursors; ids and times; of pages: nonces, sealed state, antiforgery tokens, which differ at every reading.
    [GeneratedRegex("""
        "traceId":"[^"]*"|"(?:nextCursor|cursor|token|secret|url|publicKey)":"[^"]*"|[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|\d{4}-\d\d-\d\dT[0-9:.]+(?:Z|\+00:00)|<!--.*?-->|nonce(?:=|-)["']?[^"'\s>;]+|CfDJ8[\w-]*|\d{6,}|datetime="[^"]*"|id: \S+
        """, RegexOptions.Singleline)]
    private static partial Regex Passing();
}
