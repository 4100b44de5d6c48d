using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Omni.Core.Common;

namespace Omni.Core.Widget;

/// <summary>Settings of one website chat, as they lie in the channel's settings. What is left out has its default.</summary>
public sealed partial record WidgetSettings
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
    };

    /// <summary>Colours and place.</summary>
    public WidgetTheme Theme { get; init; } = new();

    /// <summary>Language of the chat: <c>auto</c> follows the visitor's browser, otherwise one of <see cref="Languages"/>.</summary>
    public string Language { get; init; } = "auto";

    /// <summary>What the visitor reads first.</summary>
    public WidgetGreeting Greeting { get; init; } = new();

    /// <summary>How soon the team usually answers; null says nothing about it.</summary>
    public WidgetReplyTime? ReplyTime { get; init; }

    /// <summary>What is asked before the first message.</summary>
    public WidgetPreChat PreChat { get; init; } = new();

    /// <summary>What happens while nobody is there.</summary>
    public WidgetOffline Offline { get; init; } = new();

    /// <summary>Sites that may show the chat: exact origins (<c>https://shop.example.com</c>) and <c>*.example.com</c>. Empty: only this installation's own.</summary>
    public IReadOnlyList<string> Sites { get; init; } = [];

    /// <summary>Whether visitors must be known to the site.</summary>
    public WidgetIdentity Identity { get; init; } = new();

    /// <summary>Messages that appear by themselves.</summary>
    public IReadOnlyList<WidgetProactive> Proactive { get; init; } = [];

    /// <summary>Whether visitors may have the talk mailed to them.</summary>
    public bool Transcript { get; init; } = true;

    /// <summary>Files from visitors.</summary>
    public WidgetFileRule Attachments { get; init; } = new();

    /// <summary>Whether a reply makes a sound.</summary>
    public bool Sound { get; init; } = true;

    /// <summary>When the team is there, in the organization's time zone; empty: whenever somebody is signed in.</summary>
    public IReadOnlyList<WidgetHour> Hours { get; init; } = [];

    /// <summary>Languages the chat speaks.</summary>
    public static IReadOnlyList<string> Languages { get; } = ["en", "de", "es", "fr", "pt", "ar"];

    /// <summary>Reads and checks settings.</summary>
    /// <returns>The settings, or which one is wrong and what is expected.</returns>
    public static Result<WidgetSettings> Read(JsonObject json)
    {
        ArgumentNullException.ThrowIfNull(json);
        WidgetSettings settings;
        try
        {
            settings = json.Deserialize<WidgetSettings>(Json)!;
        }
        catch (Exception wrong) when (wrong is JsonException or InvalidOperationException)
        {
            return new Refusal.Invalid(Field((wrong as JsonException)?.Path), "There is no such setting, or its value is of another type.");
        }

        settings = settings.Trimmed();
        return settings.Check() is { } refusal ? refusal : settings;
    }

    /// <summary>Reads stored settings; what this version cannot read is as if it were not set.</summary>
    public static WidgetSettings Stored(string json) =>
        JsonNode.Parse(json) is JsonObject stored && Read(stored).Succeeded(out var settings, out _) ? settings : new WidgetSettings();

    /// <summary>The settings as they are stored.</summary>
    public JsonObject ToJson() => (JsonObject)JsonSerializer.SerializeToNode(this, Json)!;

    private static string Field(string? path) => path is { Length: > 2 } && path.StartsWith("$.", StringComparison.Ordinal) ? $"settings.{path[2..]}" : "settings";
}

/// <summary>Colours and place of a website chat.</summary>
public sealed record WidgetTheme
{
    /// <summary>Main colour as <c>#rrggbb</c>.</summary>
    public string Color { get; init; } = "#2454d6";

    /// <summary>Corner of the page.</summary>
    public WidgetPosition Position { get; init; }

    /// <summary>Light, dark, or as the visitor's system.</summary>
    public WidgetMode Mode { get; init; }
}

/// <summary>Corner of the page.</summary>
public enum WidgetPosition
{
    /// <summary>Right, also where one writes from the right: the owner has chosen a corner that is free.</summary>
    Right,

    /// <summary>Left.</summary>
    Left,
}

/// <summary>Brightness of a website chat.</summary>
public enum WidgetMode
{
    /// <summary>As the visitor's system.</summary>
    Auto,

    /// <summary>Light.</summary>
    Light,

    /// <summary>Dark.</summary>
    Dark,
}

/// <summary>How soon the team usually answers.</summary>
public enum WidgetReplyTime
{
    /// <summary>Within minutes.</summary>
    Minutes,

    /// <summary>Within hours.</summary>
    Hours,

    /// <summary>Within a day.</summary>
    Day,
}

/// <summary>What the visitor reads first.</summary>
public sealed record WidgetGreeting
{
    /// <summary>Heading, at most 80 characters.</summary>
    public string Title { get; init; } = "Hello";

    /// <summary>Words below it, at most 300 characters.</summary>
    public string Text { get; init; } = "How can we help?";
}

/// <summary>What is asked before the first message.</summary>
public sealed record WidgetPreChat
{
    /// <summary>Whether anything is asked.</summary>
    public bool Enabled { get; init; }

    /// <summary>What is asked, at most ten fields. The keys <c>name</c> and <c>email</c> name the visitor.</summary>
    public IReadOnlyList<WidgetField> Fields { get; init; } = [];
}

/// <summary>One question before the first message.</summary>
public sealed record WidgetField
{
    /// <summary>Name in data: letters, digits, hyphen and underscore, at most 40.</summary>
    public string Key { get; init; } = "";

    /// <summary>The question, at most 100 characters.</summary>
    public string Label { get; init; } = "";

    /// <summary>What kind of answer.</summary>
    public WidgetFieldType Type { get; init; }

    /// <summary>Whether it must be answered.</summary>
    public bool Required { get; init; }

    /// <summary>Answers to choose from, for <see cref="WidgetFieldType.Select"/>.</summary>
    public IReadOnlyList<string> Options { get; init; } = [];
}

/// <summary>Kinds of answers.</summary>
public enum WidgetFieldType
{
    /// <summary>Words.</summary>
    Text,

    /// <summary>An e-mail address.</summary>
    Email,

    /// <summary>A phone number.</summary>
    Phone,

    /// <summary>One of several.</summary>
    Select,
}

/// <summary>What happens while nobody is there.</summary>
public sealed record WidgetOffline
{
    /// <summary>Whether visitors are asked for an e-mail address, to which the answer goes.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>Words above the form, at most 300 characters.</summary>
    public string Text { get; init; } = "We are not here right now. Leave your e-mail address, and the answer comes there.";
}

/// <summary>Whether visitors must be known to the site.</summary>
public sealed record WidgetIdentity
{
    /// <summary>True when only visitors whose identity the site proved may write.</summary>
    public bool Required { get; init; }
}

/// <summary>A message that appears by itself.</summary>
public sealed record WidgetProactive
{
    /// <summary>Its name, by which a browser remembers that it was shown: letters, digits, hyphen and underscore, at most 40.</summary>
    public string Id { get; init; } = "";

    /// <summary>On which pages: a path in which <c>*</c> stands for anything, such as <c>/pricing*</c>.</summary>
    public string Page { get; init; } = "*";

    /// <summary>After how many seconds on the page, 0–3600.</summary>
    public int AfterSeconds { get; init; } = 10;

    /// <summary>The words, at most 300 characters.</summary>
    public string Text { get; init; } = "";
}

/// <summary>Files from visitors.</summary>
public sealed record WidgetFileRule
{
    /// <summary>Whether visitors may send files.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>Largest file in bytes; never more than the installation takes.</summary>
    public long MaxBytes { get; init; } = 20L << 20;

    /// <summary>Types that are taken, told by the first bytes.</summary>
    public static IReadOnlyList<string> Types { get; } =
    [
        "image/png", "image/jpeg", "image/gif", "image/webp", "video/mp4", "video/webm", "video/quicktime", "video/3gpp", "audio/mpeg", "audio/mp4", "audio/ogg", "audio/wav",
        "application/pdf", "text/plain", "application/zip",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ];
}

/// <summary>One stretch of time in the week.</summary>
public sealed record WidgetHour
{
    /// <summary>The day.</summary>
    public DayOfWeek Day { get; init; }

    /// <summary>Beginning, as <c>09:00</c>.</summary>
    public TimeOnly From { get; init; }

    /// <summary>End, as <c>17:30</c>; <c>00:00</c> is midnight at the end of the day.</summary>
    public TimeOnly To { get; init; }
}
