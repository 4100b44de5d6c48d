namespace Omni.Web.Widget;

/// <summary>How a site signs the id of a person, in one language.</summary>
/// <param name="Name">The language.</param>
/// <param name="Code">The lines.</param>
public sealed record WidgetSample(string Name, string Code);

/// <summary>Samples for the owners of sites.</summary>
public static class WidgetSamples
{
    /// <summary>What stands in the page, whatever made it.</summary>
    public const string Page = """
        <script>
          window.omniWidget = { identifier: "4711", hmac: "…", name: "Leila Haddad", email: "leila@example.com" };
        </script>
        """;

    /// <summary>All samples.</summary>
    public static IReadOnlyList<WidgetSample> All { get; } =
    [
        new("C#", """
            var hmac = Convert.ToHexStringLower(HMACSHA256.HashData(
                Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(user.Id)));
            """),
        new("Node", """
            import { createHmac } from 'node:crypto';
            const hmac = createHmac('sha256', secret).update(user.id).digest('hex');
            """),
        new("PHP", """
            $hmac = hash_hmac('sha256', $user->id, $secret);
            """),
        new("Python", """
            import hashlib, hmac
            signature = hmac.new(secret.encode(), user.id.encode(), hashlib.sha256).hexdigest()
            """),
    ];
}
