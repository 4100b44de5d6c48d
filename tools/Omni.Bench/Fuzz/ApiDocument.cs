using System.Text.Json.Nodes;

namespace Omni.Bench.Fuzz;

/// <summary>What the program says it offers: its own OpenAPI document, and the pages and files that browsers open.</summary>
internal sealed class ApiDocument
{
    // Not part of the API's description. Every address with an id must be here; the pages of Omni.Web are read from their routes by eye.
    private static readonly string[] Pages =
    [
        "/inbox", "/inbox/all/{conversations}", "/inbox/mine/{conversations}", "/inbox/unassigned/{conversations}?message={messages}", "/inbox/all?q={words}", "/inbox/all?label={labels}",
        "/inbox/all?channel={channels}", "/inbox/snoozed/{conversations}", "/inbox/all/{contacts}", "/sandbox", "/sandbox/{sandbox}", "/sandbox/{channels}",
        "/settings", "/settings/first-steps", "/settings/team", "/settings/organization", "/settings/channels", "/settings/channels?channel={channels}",
        "/settings/channels/widget", "/settings/channels/widget/{channels}", "/settings/webhooks", "/settings/webhooks?channel={channels}", "/settings/webhooks?replay={replays}",
        "/settings/sessions", "/settings/profile", "/settings/preferences", "/settings/notifications", "/organizations", "/forbidden", "/not-found",
        "/invitation/{inventedTokens}", "/reset-password/{inventedTokens}", "/verify-email/{inventedTokens}", "/register?invitation={inventedTokens}", "/signin", "/forgot-password",
        "/media/{media}", "/media/{media}/thumbnail", "/avatars/{members}/{avatars}", "/logos/{organizations}/{logos}", "/organizations/{organizations}/look.css",
        "/demo/{siteKeys}", "/webhooks/whatsapp/{channels}?hub.mode=subscribe&hub.challenge=7&hub.verify_token=fuzz-verify",
    ];

    private readonly JsonNode _document;

    private ApiDocument(JsonNode document) => _document = document;

    /// <summary>All calls.</summary>
    internal IReadOnlyList<ApiOperation> Operations { get; private set; } = [];

    /// <summary>Reads the document of a running program.</summary>
    internal static async Task<ApiDocument> ReadAsync(HttpClient http, CancellationToken ct)
    {
        var document = new ApiDocument(JsonNode.Parse(await http.GetStringAsync("/openapi/v1.json", ct))!);
        document.Operations = [.. document.Described(), .. Pages.Select(Page)];
        return document;
    }

    /// <summary>Follows a reference and takes the first member of a choice that is not null.</summary>
    internal JsonNode Resolve(JsonNode schema)
    {
        while (true)
        {
            if (schema["$ref"] is { } reference)
            {
                schema = _document["components"]!["schemas"]![reference.GetValue<string>().Split('/')[^1]]!;
            }
            else if ((schema["oneOf"] ?? schema["anyOf"]) is JsonArray choice)
            {
                schema = choice.First(c => (c!["type"] as JsonValue)?.ToString() != "null")!;
            }
            else
            {
                return schema;
            }
        }
    }

    private IEnumerable<ApiOperation> Described()
    {
        foreach (var (path, methods) in _document["paths"]!.AsObject())
        {
            foreach (var (method, operation) in methods!.AsObject())
            {
                var slots = (operation!["parameters"] as JsonArray ?? []).Select(p => Slot(path, p!)).ToList();
                var body = operation["requestBody"]?["content"]?["application/json"]?["schema"];
                yield return new ApiOperation(method.ToUpperInvariant(), path, slots, body, path.StartsWith("/widget/", StringComparison.Ordinal) ? ApiKind.Widget : ApiKind.Api);
            }
        }
    }

    private static ApiSlot Slot(string path, JsonNode parameter)
    {
        var (place, name) = (parameter["in"]!.GetValue<string>(), parameter["name"]!.GetValue<string>());
        if (place != "path")
        {
            return new ApiSlot(place, name, CallMaker.PoolOf(name, path));
        }

        // What stands before a placeholder says of what it is the id: /conversations/{id}.
        var parts = path.Split('/');
        var at = Array.IndexOf(parts, $"{{{name}}}");
        return new ApiSlot(place, name, (name, parts[at - 1]) switch
        {
            ("siteKey", _) => "siteKeys",
            ("key", _) => "avatars",
            ("userId", _) or (_, "users") => "members",
            ("entryId", _) => "ledger",
            ("token", _) => "inventedTokens",
            (_, "files") => "signedFiles",
            (_, "links") => "letters",
            (_, var before) => before,
        });
    }

    private static ApiOperation Page(string address)
    {
        var slots = System.Text.RegularExpressions.Regex.Matches(address, @"\{(\w+)\}").Select(m => new ApiSlot("path", m.Groups[1].Value, m.Groups[1].Value)).ToList();
        return new ApiOperation("GET", address, slots, null, ApiKind.Page);
    }
}
