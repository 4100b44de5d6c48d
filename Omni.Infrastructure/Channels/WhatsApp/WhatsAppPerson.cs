using System.Text.Json;
using System.Text.Json.Nodes;

namespace Omni.Infrastructure.Channels.WhatsApp;

/// <summary>
/// Who an item is about. A person has a phone number (<c>wa_id</c>), a business-scoped user id, or both; since people can take a
/// user name, either may be missing
/// (developers.facebook.com/docs/whatsapp/business-scoped-user-ids).
/// </summary>
/// <param name="Id">The phone number where there is one, else the business-scoped id.</param>
internal readonly record struct WhatsAppPerson(string Id)
{
    private const int MostContacts = 1000; // as many as items in one delivery
    private const int LongestName = 200;

    /// <summary>The business-scoped id; null when only the phone number is known.</summary>
    public string? UserId { get; private init; }

    /// <summary>The same person's id in the parent portfolio.</summary>
    public string? ParentUserId { get; private init; }

    /// <summary>Profile name.</summary>
    public string? Name { get; private init; }

    /// <summary>Public user name.</summary>
    public string? Username { get; private init; }

    /// <summary>Further ids of the person beside <see cref="Id"/>.</summary>
    public IReadOnlyList<string> Aliases => UserId is null || UserId == Id ? [] : [UserId];

    /// <summary>Finds the person's profile among the change's contacts: by either id, never by place in the list.</summary>
    /// <exception cref="FormatException">Neither id is given.</exception>
    public static WhatsAppPerson Of(in WhatsAppChange change, string? phone, string? userId)
    {
        // Some payloads carry the business-scoped id in the phone number's place.
        userId ??= phone is not null && IsScoped(phone) ? phone : null;
        var person = new WhatsAppPerson(phone ?? userId ?? throw new FormatException("The item names no person.")) { UserId = userId };
        foreach (var contact in change.Value.Member("contacts"u8).Each().Take(MostContacts))
        {
            var knownPhone = contact.Text("wa_id"u8);
            var knownUserId = contact.Text("user_id"u8);
            if ((phone is not null && knownPhone == phone) || (userId is not null && (knownUserId == userId || knownPhone == userId)))
            {
                var profile = contact.Member("profile"u8);
                return person with
                {
                    UserId = userId ?? contact.Id("user_id"u8),
                    ParentUserId = contact.Text("parent_user_id"u8),
                    Name = Shown(profile.Text("name"u8)),
                    Username = Shown(profile.Text("username"u8)),
                };
            }
        }

        return person;
    }

    /// <summary>The ids and the user name under the names of the contract.</summary>
    public JsonObject Extra()
    {
        var extra = new JsonObject();
        Add(extra, "user_id", UserId);
        Add(extra, "parent_user_id", ParentUserId);
        Add(extra, "username", Username);
        return extra;
    }

    /// <summary>True for an id such as <c>US.13491208655302741918</c>; phone numbers are digits.</summary>
    public static bool IsScoped(string id) => id.Contains('.', StringComparison.Ordinal);

    private static string? Shown(string? name) => name is null ? null : PlatformJson.Short(name, LongestName);

    private static void Add(JsonObject extra, string name, string? value)
    {
        if (value is not null)
        {
            extra[name] = value;
        }
    }
}
