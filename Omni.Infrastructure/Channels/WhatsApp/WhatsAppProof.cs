using System.Text.Json;
using Omni.Core.Channels;
using Omni.Core.Common;
using Omni.Infrastructure.Channels.Meta;

namespace Omni.Infrastructure.Channels.WhatsApp;

/// <summary>
/// Proves that a token reads exactly one number of one business account, and subscribes to its webhooks. Only after that may deliveries
/// for the number reach the channel.
/// </summary>
internal sealed class WhatsAppProof(GraphClient graph)
{
    private const string Token = GraphClient.AccessToken;
    private const string Number = "phoneNumberId";
    private const string Business = "businessAccountId";
    private const string Permission = "whatsapp_business_messaging";
    private const int MaxPages = 20;

    /// <inheritdoc cref="IChannelAdapter.ProveAsync"/>
    public async Task<Result<ChannelProof>> ProveAsync(ChannelAccess access, CancellationToken ct)
    {
        var business = access.Credentials.GetValueOrDefault(Business) ?? "";
        if (Inputs(access, business) is { } wrong)
        {
            return wrong;
        }

        var number = await graph.GetAsync($"{access.AccountId}?fields=id,display_phone_number,verified_name", access, ct);
        if (Refuse(number, Number, "The access token cannot read this phone number id. Compare it with WhatsApp Manager, and give the token's system user access to the business account.") is { } noNumber)
        {
            return noNumber;
        }

        var found = ((GraphAnswer.Answered)number).Body;
        if (found.Text("id"u8) != access.AccountId || found.Text("display_phone_number"u8) is not { } display)
        {
            return new Refusal.Invalid(Number, "This id is not that of a WhatsApp phone number. Copy the phone number id, not the number itself or another id.");
        }

        if (await OwnsAsync(business, access, ct) is { } notOwned)
        {
            return notOwned;
        }

        var (tokenRefusal, expires) = await InspectAsync(access, ct);
        if (tokenRefusal is not null)
        {
            return tokenRefusal;
        }

        var subscribed = await graph.PostAsync($"{business}/subscribed_apps", new ByteArrayContent([]), access, ct);
        if (Refuse(subscribed, Token, "The access token may not subscribe to the business account's webhooks. Give it the permission whatsapp_business_management.") is { } notSubscribed)
        {
            return notSubscribed;
        }

        var name = found.Text("verified_name"u8);
        return new ChannelProof(access.AccountId, name is null ? display : $"{name} ({display})", [business], expires);
    }

    private static Refusal.Invalid? Inputs(ChannelAccess access, string business) =>
        GraphClient.Token(access) is null ? new Refusal.Invalid(Token, "Enter the access token without spaces or line ends.")
        : !IsId(access.AccountId) ? new Refusal.Invalid(Number, "The phone number id is a row of digits; it is not the phone number itself.")
        : !IsId(business) ? new Refusal.Invalid(Business, "The business account id is a row of digits.")
        : null;

    private static bool IsId(string id) => id.Length is > 0 and <= 32 && id.All(char.IsAsciiDigit);

    private async Task<Refusal?> OwnsAsync(string business, ChannelAccess access, CancellationToken ct)
    {
        var after = "";
        for (var page = 0; page < MaxPages; page++)
        {
            var numbers = await graph.GetAsync($"{business}/phone_numbers?fields=id&limit=100{after}", access, ct);
            if (Refuse(numbers, Business, "The access token cannot read this business account id. Compare it with WhatsApp Manager, and give the token the permission whatsapp_business_management.") is { } refusal)
            {
                return refusal;
            }

            var body = ((GraphAnswer.Answered)numbers).Body;
            if (body.Member("data"u8).Each().Any(n => n.Text("id"u8) == access.AccountId))
            {
                return null;
            }

            if (WhatsAppTemplates.Next(body) is not { } next)
            {
                break;
            }

            after = next;
        }

        return new Refusal.Invalid(Business, "This business account does not hold the phone number. Copy both ids from the same page of WhatsApp Manager.");
    }

    // Only the app that a token was made for can look into it, and only with its secret.
    private async Task<(Refusal? Refusal, DateTimeOffset? Expires)> InspectAsync(ChannelAccess access, CancellationToken ct)
    {
        var app = graph.Options;
        if (app.AppId.Length == 0 || app.AppSecret.Length == 0 || access.Credentials.ContainsKey("appSecret"))
        {
            return (null, null);
        }

        var token = GraphClient.Token(access)!;
        var answer = await graph.GetAsync($"debug_token?input_token={Uri.EscapeDataString(token)}", access, ct, $"{app.AppId}|{app.AppSecret}");
        if (answer is not GraphAnswer.Answered { Ok: true } ok || ok.Body.Member("data"u8) is not { ValueKind: JsonValueKind.Object } data)
        {
            return (null, null); // a token of another app; what it can do has been shown above
        }

        if (data.Member("is_valid"u8).ValueKind == JsonValueKind.False)
        {
            return (new Refusal.Invalid(Token, "The access token is no longer valid. Make a new one for the system user."), null);
        }

        var scopes = data.Member("scopes"u8);
        return scopes.ValueKind == JsonValueKind.Array && !scopes.Each().Any(s => s.Text() == Permission)
            ? (new Refusal.Invalid(Token, $"The access token lacks the permission {Permission}. Make a new one with it."), null)
            : (null, data.Member("expires_at"u8).Time());
    }

    private static Refusal? Refuse(GraphAnswer answer, string field, string words) => answer switch
    {
        GraphAnswer.Answered { Ok: true, Body.ValueKind: JsonValueKind.Object } => null,
        GraphAnswer.Answered { Error.Code: 0 or 190 } => new Refusal.Invalid(Token, "WhatsApp does not accept the access token: it is wrong, has expired or was revoked. Make a new one for the system user."),
        GraphAnswer.Answered { Status: System.Net.HttpStatusCode.TooManyRequests } many => Away("WhatsApp asks to wait before trying again.", many.RetryAfter),
        GraphAnswer.Answered { Error.Code: { } code } limited when WhatsAppErrorTable.TryGet(code, out var known) && known.Reaction == SendReaction.Retry =>
            Away(known.Words, limited.RetryAfter),
        GraphAnswer.Answered { Status: >= System.Net.HttpStatusCode.BadRequest and < System.Net.HttpStatusCode.InternalServerError } => new Refusal.Invalid(field, words),
        GraphAnswer.NotSent not => Away(not.Reason, null),
        GraphAnswer.Lost lost => Away(lost.Reason, null),
        _ => Away("WhatsApp gave an answer that makes no sense.", null),
    };

    private static Refusal.Unavailable Away(string words, TimeSpan? after) => new(words, after ?? TimeSpan.FromSeconds(30));
}
