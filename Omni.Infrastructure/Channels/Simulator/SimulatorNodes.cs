using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Omni.Infrastructure.Channels.Simulator;

/// <summary>Answers reads of numbers and business accounts.</summary>
internal static class SimulatorNodes
{
    /// <summary>Answers a read of <paramref name="id"/>, or of one of its lists.</summary>
    /// <param name="http">The request.</param>
    /// <param name="own">Accounts that the request's token reads.</param>
    /// <param name="id">Id of a number or a business account.</param>
    /// <param name="list">Name of a list; null for the node itself.</param>
    public static Task ReadAsync(HttpContext http, List<SimulatedAccount> own, string id, string? list)
    {
        var number = own.Find(a => a.PhoneNumberId == id);
        var business = own.FindAll(a => a.BusinessAccountId == id);
        return (list, number, business) switch
        {
            (null, { } found, _) => SimulatorReply.JsonAsync(http, Number(found)),
            (null, _, [var first, ..]) => SimulatorReply.JsonAsync(http, new { id, name = first.Name }),
            ("phone_numbers", _, [_, ..]) => PageAsync(http, [.. business.Select(Number)]),
            ("message_templates", _, [_, ..]) => PageAsync(http, [.. business.SelectMany(a => a.Templates)]),
            ("subscribed_apps", _, [_, ..]) => SubscribeAsync(http, business),
            _ => SimulatorReply.NoSuchNodeAsync(http, id),
        };
    }

    /// <summary>Answers <c>debug_token</c>: what a token can do.</summary>
    public static Task InspectAsync(HttpContext http, ICollection<SimulatedAccount> accounts)
    {
        var token = http.Request.Query["input_token"].ToString();
        var account = accounts.FirstOrDefault(a => a.AccessToken == token);
        return SimulatorReply.JsonAsync(http, new
        {
            data = new { is_valid = account is { Behaviour.TokenExpired: false }, expires_at = 0, scopes = account?.Scopes ?? [] },
        });
    }

    private static object Number(SimulatedAccount account) => new
    {
        id = account.PhoneNumberId,
        display_phone_number = account.DisplayNumber,
        verified_name = account.Name,
    };

    private static Task SubscribeAsync(HttpContext http, List<SimulatedAccount> business)
    {
        if (!HttpMethods.IsGet(http.Request.Method))
        {
            business.ForEach(a => a.Subscribed = HttpMethods.IsPost(http.Request.Method));
            return SimulatorReply.JsonAsync(http, new { success = true });
        }

        return SimulatorReply.JsonAsync(http, new { data = business.Exists(a => a.Subscribed) ? new[] { new { whatsapp_business_api_data = new { id = "1", name = "Simulated app" } } } : [] });
    }

    private static Task PageAsync(HttpContext http, object[] all)
    {
        var limit = int.TryParse(http.Request.Query["limit"], CultureInfo.InvariantCulture, out var asked) && asked > 0 ? Math.Min(asked, 100) : 25;
        var start = int.TryParse(http.Request.Query["after"], CultureInfo.InvariantCulture, out var after) ? after : 0;
        var end = Math.Min(start + limit, all.Length);
        return SimulatorReply.JsonAsync(http, new
        {
            data = all[Math.Min(start, end)..end],
            paging = new { cursors = new { after = end.ToString(CultureInfo.InvariantCulture) }, next = end < all.Length ? "https://graph.facebook.com/next" : null },
        });
    }
}
