using System.Text.Json;
using System.Text.Json.Nodes;
using Omni.Core.Channels;
using Omni.Core.Common;
using Omni.Infrastructure.Channels.Meta;

namespace Omni.Infrastructure.Channels.WhatsApp;

/// <summary>Lists a business account's templates (developers.facebook.com/docs/graph-api/reference/whats-app-business-account/message_templates).</summary>
internal sealed class WhatsAppTemplates(GraphClient graph)
{
    private const int MaxPages = 50; // 250 templates an account, 6,000 for large ones

    /// <inheritdoc cref="IChannelAdapter.ListTemplatesAsync"/>
    public async Task<Result<IReadOnlyList<MessageTemplate>>> ListAsync(ChannelAccess access, CancellationToken ct)
    {
        if (!access.Credentials.TryGetValue("businessAccountId", out var business) || business.Length == 0)
        {
            return new Refusal.Invalid("businessAccountId", "Templates belong to the business account; enter its id.");
        }

        var templates = new List<MessageTemplate>();
        var after = "";
        for (var page = 0; page < MaxPages; page++)
        {
            var answer = await graph.GetAsync($"{Uri.EscapeDataString(business)}/message_templates?fields=id,name,language,category,status,components&limit=200{after}", access, ct);
            switch (WhatsAppOutcomes.OfRepeatable(answer))
            {
                case SendOutcome.Retry retry:
                    return new Refusal.Unavailable(retry.Message, retry.After);
                case SendOutcome.Reauthorize token:
                    return new Refusal.Invalid(GraphClient.AccessToken, token.Message);
                case SendOutcome.Rejected rejected:
                    return new Refusal.Invalid("businessAccountId", rejected.Error.Message);
                default:
                    break;
            }

            var body = ((GraphAnswer.Answered)answer).Body;
            templates.AddRange(body.Member("data"u8).Each().Select(Read).OfType<MessageTemplate>());
            if (Next(body) is not { } next)
            {
                break;
            }

            after = next;
        }

        return templates;
    }

    /// <summary>The query part for the next page; null at the end. The platform's own link is not followed: it carries the token.</summary>
    public static string? Next(JsonElement body)
    {
        var paging = body.Member("paging"u8);
        return paging.Text("next"u8) is not null && paging.Member("cursors"u8).Text("after"u8) is { } after
            ? $"&after={Uri.EscapeDataString(after)}"
            : null;
    }

    private static MessageTemplate? Read(JsonElement template)
    {
        if (template.Text("id"u8) is not { } id || template.Text("name"u8) is not { } name)
        {
            return null;
        }

        var components = template.Member("components"u8);
        var body = components.Each().FirstOrDefault(c => string.Equals(c.Text("type"u8), "BODY", StringComparison.OrdinalIgnoreCase));
        return new MessageTemplate(
            id,
            name,
            template.Text("language"u8) ?? "",
            (template.Text("category"u8) ?? "").ToLowerInvariant(),
            (template.Text("status"u8) ?? "").ToLowerInvariant(),
            body.Text("text"u8) ?? "",
            components.Node() as JsonArray ?? []);
    }
}
