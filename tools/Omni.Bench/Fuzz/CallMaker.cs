using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Omni.Core.Common;

namespace Omni.Bench.Fuzz;

/// <summary>Makes calls of an operation. The same seed makes the same call; only the ids differ by what is wanted.</summary>
internal sealed class CallMaker(ApiDocument document, FuzzPools foreign, FuzzPools own)
{
    private readonly FuzzPools _foreign = foreign;
    private readonly FuzzPools _own = own;

    private static readonly string[] CrossPools = ["conversations", "messages", "contacts", "labels", "media", "channels", "members", "organizations", "sessions", "invitations"];

    /// <summary>What ids a call names.</summary>
    internal enum Ids
    {
        /// <summary>Mostly the other organization's, by chance also own and unknown ones.</summary>
        Foreign,

        /// <summary>The same call with unknown ids in place of the other organization's.</summary>
        Unknown,

        /// <summary>Only the caller's organization's.</summary>
        Own,
    }

    /// <summary>Of what a name without a path before it is the id; null when it names nothing.</summary>
    internal static string? PoolOf(string name, string path) => name switch
    {
        "assignee" or "assigneeId" or "mentions" => "members",
        "channel" or "channelId" => "channels",
        "contact" or "otherId" => "contacts",
        "label" or "labels" => "labels",
        "attachments" => "media",
        "replyToId" => "messages",
        "aboutId" => "aboutIds",
        "ids" => path.Contains("notifications", StringComparison.Ordinal) ? "notifications" : "conversations",
        "organizationId" => "organizations",
        "cursor" or "before" or "after" => "cursors",
        "lastEventId" => "cursors",
        "clientId" or "email" when path.StartsWith("/widget", StringComparison.Ordinal) => null, // a visitor writes there what is read again later
        "clientId" => "clientIds",
        "email" or "ownerEmail" => "emails",
        "identifier" => "emails",
        "token" or "invitationToken" or "invitation" => "inventedTokens",
        "e" => "signedUntil",
        "s" => "signatures",
        "Idempotency-Key" => "idempotency",
        "endpoint" => "endpoints",
        "subjects" => "subjects",
        _ => null,
    };

    /// <summary>Makes a call.</summary>
    /// <param name="operation">What is called.</param>
    /// <param name="caller">Who calls.</param>
    /// <param name="ids">Which ids.</param>
    /// <param name="seed">Chance.</param>
    internal FuzzCall Make(ApiOperation operation, FuzzCaller caller, Ids ids, int seed)
    {
        var call = new FuzzCall(operation, caller);
        var draw = new Draw(new Random(seed), ids, call);
        var path = operation.Path;
        var query = new StringBuilder();
        foreach (var slot in operation.Slots.OrderByDescending(s => s.Pool == "siteKeys")) // whose chat it is decides whose ids are foreign
        {
            if (slot.Place == "path")
            {
                path = path.Replace($"{{{slot.Name}}}", Uri.EscapeDataString(slot.Pool == "siteKeys" ? Site(draw) : Value(draw, slot.Pool!, operation)), StringComparison.Ordinal);
            }
            else if (draw.Chance(slot.Pool is null ? 0.3 : 0.7) is var wanted && Query(draw, slot, operation) is { } value && wanted && slot.Name != "poll")
            {
                if (slot.Place == "query")
                {
                    query.Append(query.Length == 0 ? '?' : '&').Append(slot.Name).Append('=').Append(Uri.EscapeDataString(value));
                }
                else
                {
                    call.Headers[slot.Name] = value;
                }
            }
        }

        call.Path = path + query;
        var organization = draw.Next();
        if (operation.Kind != ApiKind.Widget && ids != Ids.Own && (organization < 0.12 || (!HasIds(operation) && organization < 0.6)))
        {
            call.Headers["X-Organization-Id"] = Value(draw, "organizations", operation, always: true);
        }

        if (operation.Path.StartsWith("/api/v1/auth/", StringComparison.Ordinal))
        {
            call.Headers["X-Forwarded-For"] = FuzzWorld.NewAddress();
        }

        Content(draw, operation, call);
        if (operation.Kind == ApiKind.Widget)
        {
            Visitor(draw, call);
        }

        return call;
    }

    private static bool HasIds(ApiOperation operation) => operation.Slots.Any(s => s is { Place: "path", Pool: not null });

    private static bool MayNameOwn(ApiOperation operation) =>
        operation.Method != "DELETE" && !operation.Path.Contains("/members", StringComparison.Ordinal) && !operation.Path.Contains("/merge", StringComparison.Ordinal)
        && !operation.Path.EndsWith("/block", StringComparison.Ordinal) && !operation.Path.EndsWith("/accept", StringComparison.Ordinal);

    private string Site(Draw draw)
    {
        // A site key is public: with the other organization's key everything but a visitor's talk may be read.
        draw.Call.NamesForeignSite = draw.Next() < 0.5 && draw.Ids != Ids.Own;
        draw.Call.HasForeign |= draw.Call.NamesForeignSite && draw.Call.Operation.Kind == ApiKind.Page;
        return (draw.Call.NamesForeignSite ? _foreign : _own).Of("siteKeys")[0];
    }

    private void Visitor(Draw draw, FuzzCall call)
    {
        var chance = draw.Next();
        var token = Pick(draw, call.NamesForeignSite ? _own : _foreign, "visitorTokens");
        if (draw.Ids == Ids.Own || (!call.NamesForeignSite && chance < 0.3))
        {
            call.Headers["X-Omni-Visitor"] = _own.Of("visitorTokens")[draw.Ids == Ids.Own ? 1 : 0];
        }
        else
        {
            call.HasForeign = true; // the token belongs to the other one of the two sites
            call.Headers["X-Omni-Visitor"] = call.Sent(draw.Ids == Ids.Unknown ? Unknown(token) : token);
        }
    }

    private string? Query(Draw draw, ApiSlot slot, ApiOperation operation) => slot.Name switch
    {
        "subjects" => string.Join(',', new[] { "organization", $"conversation:{Value(draw, "conversations", operation)}", $"user:{Value(draw, "members", operation)}", "user:me" }.Where(_ => draw.Next() < 0.5).DefaultIfEmpty($"conversation:{Value(draw, "conversations", operation)}")),
        "Idempotency-Key" when draw.Ids == Ids.Own => null,
        _ when slot.Pool is { } pool => Value(draw, pool, operation),
        "q" => draw.Next() < 0.5 ? "lantern" : "note",
        "limit" => "50",
        "status" => operation.Path.Contains("webhook", StringComparison.Ordinal) ? "processed" : "all",
        "unread" or "reveal" => "true",
        _ => null,
    };

    private string Value(Draw draw, string pool, ApiOperation operation, bool always = false)
    {
        // At the other organization's website chat its own things are public; there it is ours that must not be known.
        var (foreign, own) = draw.Call.NamesForeignSite ? (_own, _foreign) : (_foreign, _own);
        var (chance, index, cross) = (draw.Next(), draw.Next(), draw.Next());
        if (draw.Ids == Ids.Own || (!always && chance > 0.85 && MayNameOwn(operation)))
        {
            if (own.Of(pool) is { Count: > 0 } mine)
            {
                return draw.Call.Sent(mine[(int)(index * mine.Count)]);
            }
        }

        if (draw.Ids == Ids.Own)
        {
            return draw.Call.Sent(Guid.NewGuid().ToString());
        }

        var from = !always && chance > 0.75 && Guid.TryParse(foreign.Of(pool).Count > 0 ? foreign.Of(pool)[0] : "", out _) ? CrossPools[(int)(cross * CrossPools.Length)] : pool;
        var values = foreign.Of(from);
        draw.Call.HasForeign |= values.Count > 0;
        draw.Call.IsComparable &= from is not ("cursors" or "clientIds" or "emails" or "inventedTokens" or "idempotency"); // their form tells them apart, or they may be used by everybody
        var theirs = values.Count > 0 ? values[(int)(index * values.Count)] : Guid.NewGuid().ToString();
        return draw.Call.Sent(draw.Ids == Ids.Unknown ? Unknown(theirs) : theirs);
    }

    private static string Pick(Draw draw, FuzzPools pools, string pool)
    {
        var values = pools.Of(pool);
        return values[(int)(draw.Next() * values.Count)];
    }

    /// <summary>Something of the same form that names nothing.</summary>
    private static string Unknown(string known)
    {
        if (Guid.TryParse(known, out _))
        {
            return OmniId.New().ToString();
        }

        if (long.TryParse(known, out _))
        {
            return Random.Shared.NextInt64(9_000_000_000, 9_001_000_000).ToString(CultureInfo.InvariantCulture);
        }

        // Prefixes such as omni_inv_ stay: what comes after the last separator is by chance.
        var start = known.StartsWith("omni_", StringComparison.Ordinal) ? known.IndexOf('_', 5) + 1 : known.LastIndexOfAny(['.', '/']) + 1;
        return known[..start] + string.Concat(known[start..].Select(c => char.IsAsciiDigit(c) ? (char)('0' + Random.Shared.Next(10)) : char.IsAsciiLetterLower(c) ? (char)('a' + Random.Shared.Next(26)) : char.IsAsciiLetterUpper(c) ? (char)('A' + Random.Shared.Next(26)) : c));
    }

    private void Content(Draw draw, ApiOperation operation, FuzzCall call)
    {
        var last = operation.Path.Split('/')[^1];
        if (operation.Method == "POST" && last is "media" or "avatar" or "logo" or "files" && operation.Method == "POST")
        {
            call.Content = () => FuzzSide.Form("picture.png", Convert.FromBase64String("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="));
        }
        else if (operation.Method == "POST" && last == "import")
        {
            var csv = $"name,labels,id\r\nImported,{Value(draw, "labels", operation)},{Value(draw, "contacts", operation)}\r\n";
            call.Content = () => new StringContent(csv, Encoding.UTF8, "text/csv");
        }
        else if (operation.Body is { } schema)
        {
            var json = Json(draw, schema, "", operation, 0)?.ToJsonString() ?? "{}";
            call.Body = json;
            call.Content = () => new StringContent(json, Encoding.UTF8, "application/json");
        }
    }

    private JsonNode? Json(Draw draw, JsonNode schema, string name, ApiOperation operation, int depth)
    {
        var resolved = document.Resolve(schema);
        if (resolved["enum"] is JsonArray names)
        {
            return names[(int)(draw.Next() * names.Count)]!.GetValue<string>();
        }

        var type = resolved["type"] is JsonArray several ? several.Select(t => t!.GetValue<string>()).First(t => t != "null") : resolved["type"]?.GetValue<string>();
        switch (type)
        {
            case "object" or null when depth < 4:
                var made = new JsonObject();
                foreach (var (member, inner) in resolved["properties"] as JsonObject ?? [])
                {
                    var (wanted, value) = (draw.Ids == Ids.Own ? draw.Next() < 2 : draw.Chance(0.75), Json(draw, inner!, member, operation, depth + 1));
                    if (wanted && value is not null)
                    {
                        made[member] = value;
                    }
                }

                return made;
            case "array":
                var item = resolved["items"] is { } items ? Json(draw, items, name, operation, depth + 1) : null;
                return item is null ? null : new JsonArray(item);
            case "integer" or "number":
                return name switch { "hue" => 2, "copies" => 1, "slowMs" or "ageSeconds" => 0, "latitude" or "longitude" => 10, "ifVersion" => null, _ => 1 };
            case "boolean":
                return name is "all" or "active" or "enabled";
            case "string":
                return Text(draw, resolved, name, operation);
            default:
                return null;
        }
    }

    private JsonNode? Text(Draw draw, JsonNode schema, string name, ApiOperation operation)
    {
        if (draw.Ids == Ids.Own && (name is "invitationToken" or "replyToId" or "aboutId" or "identifier" or "interactive" or "expiresAt" || (name == "email" && operation.Path.EndsWith("/users/me", StringComparison.Ordinal))))
        {
            return null;
        }

        if (operation.Kind == ApiKind.Api && operation.Path.Contains("/sandbox/", StringComparison.Ordinal) && name == "id")
        {
            return Value(draw, "phones", operation);
        }

        if (name == "clientId" && (draw.Ids == Ids.Own || draw.Next() < 0.7))
        {
            return draw.Call.Sent(OmniId.New().ToString());
        }

        if (PoolOf(name, operation.Path) is { } pool && !(name == "email" && operation.Path.EndsWith("/invitations", StringComparison.Ordinal)) && !(name == "endpoint" && operation.Method == "PUT"))
        {
            return Value(draw, pool, operation);
        }

        if (schema["format"]?.GetValue<string>() == "date-time")
        {
            return name is "notBefore" or "writtenAt" ? null : TimeProvider.System.GetUtcNow().AddHours(3);
        }

        return name switch
        {
            "emoji" => "👍", "role" => "agent", "availability" => "away", "locale" => "en", "timeZone" => "Europe/Oslo", "plan" => null, "type" => "text", "error" => "none",
            "kind" => operation.Path.EndsWith("/channels", StringComparison.Ordinal) ? "widget" : "note",
            "mode" => operation.Path.EndsWith("/draft", StringComparison.Ordinal) ? "reply" : "light",
            "status" => operation.Path.Contains("system", StringComparison.Ordinal) ? "active" : "processed",
            "scopes" => "members:read", "new" => FuzzSide.Password,
            "password" or "current" => draw.Ids == Ids.Own ? FuzzSide.Password : "not the password","refreshToken" => _own.Of("refreshTokens")[(int)(draw.Next() * _own.Of("refreshTokens").Count)], "primaryColor" => "#336699",
            "p256dh" => "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4", "auth" => "BTBZMqHH6r4Tts7J_aSIgg",
            "endpoint" => draw.Call.Sent($"https://push.example.com/{OmniId.New():N}"),
            "email" => draw.Call.Sent($"{OmniId.New():N}@example.com"),
            "username" => draw.Call.Sent($"u{OmniId.New():N}"),
            "url" => "https://shop.example.com/",
            "language" => "en", "button" or "hmac" or "totp" or "setupCode" or "redditUsername" or "logoUrl" or "referrer" => null,
            "name" when operation.Path.Contains("messages", StringComparison.Ordinal) => "welcome",
            _ => draw.Call.Sent($"words {OmniId.New():N}"),
        };
    }

    /// <summary>Chance for one call.</summary>
    private sealed record Draw(Random Random, Ids Ids, FuzzCall Call)
    {
        internal double Next() => Random.NextDouble();

        internal bool Chance(double part) => Next() < part || Ids == Ids.Own;
    }
}
