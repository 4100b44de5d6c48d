using System.Net.Http.Headers;
using System.Text;
using Microsoft.AspNetCore.WebUtilities;
using Omni.Core.Channels;

namespace Omni.Web.Identity;

/// <summary>Makes the framework's calls what Reddit wants: the app proves itself by HTTP Basic and not in the form, and every call names the program in Reddit's own form.</summary>
internal sealed class RedditBackchannel(RedditOptions reddit) : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        request.Headers.UserAgent.Clear();
        request.Headers.TryAddWithoutValidation("User-Agent", reddit.UserAgent);
        if (request.Method == HttpMethod.Post && request.Content is { } sent)
        {
            var form = QueryHelpers.ParseQuery(await sent.ReadAsStringAsync(cancellationToken));
            request.Content = new FormUrlEncodedContent(form.Where(f => f.Key is not ("client_id" or "client_secret")).Select(f => KeyValuePair.Create(f.Key, f.Value.ToString())));
            request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{reddit.ClientId}:{reddit.ClientSecret}")));
        }

        return await base.SendAsync(request, cancellationToken);
    }
}
