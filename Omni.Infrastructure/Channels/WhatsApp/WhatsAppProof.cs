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

    private readonly GraphProof _steps = new(graph, "WhatsApp", WhatsAppOutcomes.Verdicts, "Make a new one for the system user.");

    /// <inheritdoc cref="IChannelAdapter.ProveAsync"/>
    public async Task<Result<ChannelProof>> ProveAsync(ChannelAccess access, CancellationToken ct)
    {
        var business = access.Credentials.GetValueOrDefault(Business) ?? "";
        if (Inputs(access, business) is { } wrong)
        {
            return wrong;
        }

        var number = await graph.GetAsync($"{access.AccountId}?fields=id,display_phone_number,verified_name", access, ct);
        if (_steps.Refuse(number, Number, "The access token cannot read this phone number id. Compare it with WhatsApp Manager, and give the token's system user access to the business account.") is { } noNumber)
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

        var (tokenRefusal, expires) = await _steps.InspectAsync(access, Permission, ct);
        if (tokenRefusal is not null)
        {
            return tokenRefusal;
        }

        var subscribed = await graph.PostAsync($"{business}/subscribed_apps", new ByteArrayContent([]), access, ct);
        if (_steps.Refuse(subscribed, Token, "The access token may not subscribe to the business account's webhooks. Give it the permission whatsapp_business_management.") is { } notSubscribed)
        {
            return notSubscribed;
        }

        var name = found.Text("verified_name"u8);
        return new ChannelProof(access.AccountId, name is null ? display : $"{name} ({display})", [business], expires);
    }

    private static Refusal.Invalid? Inputs(ChannelAccess access, string business) =>
        GraphClient.Token(access) is null ? new Refusal.Invalid(Token, "Enter the access token without spaces or line ends.")
        : !GraphProof.IsId(access.AccountId) ? new Refusal.Invalid(Number, "The phone number id is a row of digits; it is not the phone number itself.")
        : !GraphProof.IsId(business) ? new Refusal.Invalid(Business, "The business account id is a row of digits.")
        : null;

    private async Task<Refusal?> OwnsAsync(string business, ChannelAccess access, CancellationToken ct)
    {
        var after = "";
        for (var page = 0; page < MaxPages; page++)
        {
            var numbers = await graph.GetAsync($"{business}/phone_numbers?fields=id&limit=100{after}", access, ct);
            if (_steps.Refuse(numbers, Business, "The access token cannot read this business account id. Compare it with WhatsApp Manager, and give the token the permission whatsapp_business_management.") is { } refusal)
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
}
