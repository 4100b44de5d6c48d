using Omni.Core.Widget;

namespace Omni.Web.Widget;

/// <summary>The settings of a website chat while somebody edits them.</summary>
public sealed class WidgetForm
{
    private WidgetForm(WidgetSettings settings)
    {
        Settings = settings;
        SiteLines = string.Join('\n', settings.Sites);
        MaxMegabytes = (int)(settings.Attachments.MaxBytes >> 20);
        Fields.AddRange(settings.PreChat.Fields.Select(f => new WidgetFieldForm(f)));
        Greetings.AddRange(settings.Proactive.Select(p => new WidgetGreetingForm(p)));
        Hours.AddRange(settings.Hours.OrderBy(h => ((int)h.Day + 6) % 7).ThenBy(h => h.From).Select(h => new WidgetHourForm(h)));
    }

    /// <summary>What has no lists in it, replaced with each change.</summary>
    public WidgetSettings Settings { get; set; }

    /// <summary>Allowed sites, one on each line.</summary>
    public string? SiteLines { get; set; }

    /// <summary>Largest file in MB.</summary>
    public int MaxMegabytes { get; set; }

    /// <summary>Questions before the first message.</summary>
    public List<WidgetFieldForm> Fields { get; } = [];

    /// <summary>Messages that appear by themselves.</summary>
    public List<WidgetGreetingForm> Greetings { get; } = [];

    /// <summary>When the team is there.</summary>
    public List<WidgetHourForm> Hours { get; } = [];

    /// <summary>The form of stored settings.</summary>
    public static WidgetForm Of(WidgetSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return new WidgetForm(settings);
    }

    /// <summary>Sites from lines or words; an address without a scheme is taken as https, and what follows the host is left out.</summary>
    public static IReadOnlyList<string> Sites(string? lines) =>
        [.. (lines ?? "").Split((char[])['\n', '\r', ' ', ','], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(Site).Distinct(StringComparer.OrdinalIgnoreCase)];

    /// <summary>The settings as they are entered now.</summary>
    public WidgetSettings Read() => Settings with
    {
        Sites = Sites(SiteLines),
        Attachments = Settings.Attachments with { MaxBytes = (long)MaxMegabytes << 20 },
        PreChat = Settings.PreChat with { Fields = [.. Fields.Select(f => f.Read())] },
        Proactive = [.. Greetings.Select(g => g.Read())],
        Hours = [.. Hours.Select(h => h.Read())],
    };

    /// <summary>Moves an entry of a list by one place; at the ends it stays.</summary>
    public static void Move<T>(List<T> list, int from, int by)
    {
        ArgumentNullException.ThrowIfNull(list);
        var to = from + by;
        if (to >= 0 && to < list.Count)
        {
            (list[from], list[to]) = (list[to], list[from]);
        }
    }

    private static string Site(string text) =>
        text.StartsWith("*.", StringComparison.Ordinal) ? text
        : Uri.TryCreate(text.Contains("://", StringComparison.Ordinal) ? text : $"https://{text}", UriKind.Absolute, out var uri) && uri.Host.Length > 0 ? uri.GetLeftPart(UriPartial.Authority)
        : text;
}
