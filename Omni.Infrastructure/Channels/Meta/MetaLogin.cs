using System.Text.Json;
using Omni.Core.Channels;
using Omni.Core.Common;

namespace Omni.Infrastructure.Channels.Meta;

/// <summary>Facebook Login (developers.facebook.com/docs/facebook-login/guides/advanced/manual-flow): a code becomes a person's lasting token, whose pages' tokens do not end by themselves.</summary>
internal sealed class MetaLogin(GraphClient graph) : IMetaLogin
{
    private const int MaxPages = 20; // 100 pages each
    private const string ForPages = "pages_show_list,pages_messaging,pages_manage_metadata,pages_read_engagement,business_management";
    private const string ForInstagram = "instagram_basic,instagram_manage_messages,pages_manage_metadata,pages_show_list,business_management";

    private static readonly ChannelAccess Nobody = new("", new Dictionary<string, string>());

    /// <inheritdoc/>
    public bool IsOffered => graph.Options is { AppId.Length: > 0, AppSecret.Length: > 0 };

    /// <inheritdoc/>
    public Uri Dialog(ChannelKind kind, Uri back, string state)
    {
        var scope = kind == ChannelKind.Instagram ? ForInstagram : ForPages;
        return new Uri(graph.Options.LoginUrl, $"{graph.Options.ApiVersion}/dialog/oauth?client_id={graph.Options.AppId}&response_type=code&scope={Uri.EscapeDataString(scope)}&redirect_uri={Uri.EscapeDataString(back.AbsoluteUri)}&state={Uri.EscapeDataString(state)}");
    }

    /// <inheritdoc/>
    public async Task<Result<string>> ExchangeAsync(string code, Uri back, CancellationToken ct)
    {
        var app = $"client_id={graph.Options.AppId}&client_secret={Uri.EscapeDataString(graph.Options.AppSecret)}";
        if (!(await TokenAsync($"oauth/access_token?{app}&redirect_uri={Uri.EscapeDataString(back.AbsoluteUri)}&code={Uri.EscapeDataString(code)}", ct)).Succeeded(out var brief, out var refusal))
        {
            return refusal;
        }

        // Tokens of pages live as long as the token they were read with, or for ever with a lasting one.
        return await TokenAsync($"oauth/access_token?grant_type=fb_exchange_token&{app}&fb_exchange_token={Uri.EscapeDataString(brief)}", ct);
    }

    /// <inheritdoc/>
    public async Task<Result<IReadOnlyList<MetaPage>>> PagesAsync(string token, CancellationToken ct)
    {
        var pages = new List<MetaPage>();
        var after = "";
        for (var page = 0; page < MaxPages; page++)
        {
            var answer = await graph.GetAsync($"me/accounts?fields=id,name,access_token,tasks,instagram_business_account{{id,username}}&limit=100{after}", Nobody, ct, token);
            if (answer is not GraphAnswer.Answered { Ok: true } ok)
            {
                return Refuse(answer);
            }

            pages.AddRange(ok.Body.Member("data"u8).Each().Select(Read).OfType<MetaPage>());
            var paging = ok.Body.Member("paging"u8);
            if (paging.Text("next"u8) is null || paging.Member("cursors"u8).Text("after"u8) is not { } next)
            {
                break;
            }

            after = $"&after={Uri.EscapeDataString(next)}";
        }

        return pages;
    }

    private static MetaPage? Read(JsonElement page)
    {
        var instagram = page.Member("instagram_business_account"u8);
        return page.Text("id"u8) is { } id && page.Text("access_token"u8) is { } token && GraphClient.IsToken(token)
            ? new MetaPage(id, PlatformJson.Short(page.Text("name"u8) ?? id, 200), token, instagram.Text("id"u8), instagram.Text("username"u8))
            : null;
    }

    private async Task<Result<string>> TokenAsync(string path, CancellationToken ct)
    {
        var answer = await graph.GetAsync(path, Nobody, ct, $"{graph.Options.AppId}|{graph.Options.AppSecret}");
        return answer is GraphAnswer.Answered { Ok: true } ok && ok.Body.Text("access_token"u8) is { } token && GraphClient.IsToken(token) ? token : Refuse(answer);
    }

    private static Refusal Refuse(GraphAnswer answer) => answer is GraphAnswer.Answered { Error: not null }
        ? new Refusal.Conflict("Facebook did not accept the login. Begin again, and allow everything that is asked for.")
        : new Refusal.Unavailable("Facebook could not be asked. Try again in a moment.", TimeSpan.FromSeconds(30));
}
