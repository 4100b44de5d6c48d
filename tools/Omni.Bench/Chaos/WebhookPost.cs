using System.Net.Http.Headers;

namespace Omni.Bench.Chaos;

/// <summary>Posts a signed webhook once.</summary>
internal static class WebhookPost
{
    /// <summary>Posts.</summary>
    /// <returns>The answer's status; 0 without an answer.</returns>
    internal static async Task<int> SendAsync(HttpClient http, Uri node, byte[] body, string signature, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(node, "/webhooks/whatsapp")) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.Add("X-Hub-Signature-256", signature);
        try
        {
            using var answer = await http.SendAsync(request, ct);
            return (int)answer.StatusCode;
        }
        catch (Exception broken) when (broken is HttpRequestException or IOException || (broken is OperationCanceledException && !ct.IsCancellationRequested))
        {
            return 0;
        }
    }
}
