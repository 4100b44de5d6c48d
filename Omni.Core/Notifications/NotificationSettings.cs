using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Omni.Core.Common;

namespace Omni.Core.Notifications;

/// <summary>How a person wants to be told, the same in every organization. A part of the personal settings, under <see cref="Member"/>.</summary>
public sealed record NotificationSettings
{
    /// <summary>The member of the personal settings.</summary>
    public const string Member = "notifications";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
    };

    /// <summary>The kinds a person can choose ways for.</summary>
    public static IReadOnlyList<NotificationKind> Kinds { get; } =
    [
        NotificationKind.Assigned, NotificationKind.Message, NotificationKind.Unassigned, NotificationKind.Mention, NotificationKind.Channel, NotificationKind.Failed,
    ];

    /// <summary>Ways by kind (<c>assigned</c>, <c>message</c>, …); a kind that is missing has its usual ones.</summary>
    public IReadOnlyDictionary<string, NotificationWays> Events { get; init; } = new Dictionary<string, NotificationWays>();

    /// <summary>When sound and push keep silent; null for never.</summary>
    public QuietHours? QuietHours { get; init; }

    /// <summary>True to leave names and words out of pushes and letters.</summary>
    public bool HideContent { get; init; }

    /// <summary>How often letters come at most: <c>hourly</c> or <c>daily</c>.</summary>
    public string Digest { get; init; } = "hourly";

    /// <summary>The person's IANA time zone, for the daily letter; UTC when unknown.</summary>
    public string? Zone { get; init; }

    /// <summary>The ways of one kind.</summary>
    public NotificationWays Of(NotificationKind kind) =>
        kind == NotificationKind.Test ? new NotificationWays(InApp: true, Sound: true, Push: true, Email: false)
        : Events.GetValueOrDefault(Names.Of(kind)) ?? Usual(kind);

    /// <summary>The same settings with other ways for one kind.</summary>
    public NotificationSettings With(NotificationKind kind, NotificationWays ways) =>
        this with { Events = new Dictionary<string, NotificationWays>(Events, StringComparer.Ordinal) { [Names.Of(kind)] = ways } };

    /// <summary>True while sound and push keep silent.</summary>
    public bool IsQuiet(DateTimeOffset now) => QuietHours?.Include(now) ?? false;

    /// <summary>Reads the settings of an account; what cannot be read (written by another version) counts as the usual.</summary>
    public static NotificationSettings Of(JsonObject settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return Read(settings[Member]).Succeeded(out var read, out _) ? read : new NotificationSettings();
    }

    /// <summary>Reads and checks them as they come from outside.</summary>
    /// <returns>The settings, or what is wrong with which member.</returns>
    public static Result<NotificationSettings> Read(JsonNode? node)
    {
        if (node is null)
        {
            return new NotificationSettings();
        }

        NotificationSettings settings;
        try
        {
            settings = node.Deserialize<NotificationSettings>(Json) ?? new NotificationSettings();
        }
        catch (JsonException wrong)
        {
            return new Refusal.Invalid($"{Member}{wrong.Path?.TrimStart('$')}", "Expected {events:{assigned:{inApp,sound,push,email}, …}, quietHours:{from,to,zone}, hideContent, digest, zone}.");
        }

        return settings.Problem() is { } problem ? problem : settings;
    }

    /// <summary>The settings as JSON.</summary>
    public JsonNode ToJson() => JsonSerializer.SerializeToNode(this, Json)!;

    private Refusal.Invalid? Problem()
    {
        if (Events.Keys.FirstOrDefault(k => !Kinds.Any(kind => Names.Of(kind) == k)) is { } unknown)
        {
            return new Refusal.Invalid($"{Member}.events.{unknown}", $"One of {string.Join(", ", Kinds.Select(Names.Of))} is expected.");
        }

        if (Digest is not ("hourly" or "daily"))
        {
            return new Refusal.Invalid($"{Member}.digest", "hourly or daily is expected.");
        }

        if (Zone is { } zone && !IsZone(zone))
        {
            return new Refusal.Invalid($"{Member}.zone", "The name of a time zone is expected, such as Europe/Oslo.");
        }

        return QuietHours switch
        {
            null => null,
            { } hours when !IsZone(hours.Zone) => new Refusal.Invalid($"{Member}.quietHours.zone", "The name of a time zone is expected, such as Europe/Oslo."),
            { } hours when hours.From == hours.To => new Refusal.Invalid($"{Member}.quietHours.to", "Another time than the beginning is expected."),
            _ => null,
        };
    }

    private static bool IsZone(string name) => name is { Length: > 0 and < 64 } && TimeZoneInfo.TryFindSystemTimeZoneById(name, out _);

    // New conversations of nobody concern everybody, so everybody starts without them.
    private static NotificationWays Usual(NotificationKind kind) => kind switch
    {
        NotificationKind.Unassigned => new(InApp: false, Sound: false, Push: false, Email: false),
        NotificationKind.Message => new(InApp: true, Sound: true, Push: true, Email: false),
        NotificationKind.Failed => new(InApp: true, Sound: false, Push: true, Email: true),
        _ => new(InApp: true, Sound: true, Push: true, Email: true),
    };
}

/// <summary>By which ways a person is told.</summary>
/// <param name="InApp">In Omni: the bell.</param>
/// <param name="Sound">A sound while Omni is open; needs <paramref name="InApp"/>.</param>
/// <param name="Push">On devices where the person switched it on.</param>
/// <param name="Email">In a letter about what was not seen.</param>
public sealed record NotificationWays(bool InApp, bool Sound, bool Push, bool Email)
{
    /// <summary>True when the person is told at all.</summary>
    [JsonIgnore]
    public bool Any => InApp || Push || Email;
}

/// <summary>A part of every day, by the clock of one place.</summary>
/// <param name="From">Its beginning.</param>
/// <param name="To">Its end; before the beginning when it goes over midnight.</param>
/// <param name="Zone">IANA time zone.</param>
public sealed record QuietHours(TimeOnly From, TimeOnly To, string Zone)
{
    /// <summary>True when the moment lies in it.</summary>
    public bool Include(DateTimeOffset at) =>
        TimeZoneInfo.TryFindSystemTimeZoneById(Zone, out var zone) && TimeOnly.FromDateTime(TimeZoneInfo.ConvertTime(at, zone).DateTime).IsBetween(From, To);
}
