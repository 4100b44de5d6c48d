using Omni.Core.Common;

namespace Omni.Core.Widget;

/// <content>What is accepted.</content>
public sealed partial record WidgetSettings
{
    private const int MostSites = 50;
    private const int MostFields = 10;
    private const int MostOptions = 30;
    private const int MostProactive = 10;
    private const int MostHours = 50;

    /// <summary>Empty members count as not given.</summary>
    private WidgetSettings Trimmed() => this with
    {
        Theme = Theme ?? new(),
        Language = string.IsNullOrEmpty(Language) ? "auto" : Language,
        Greeting = Greeting ?? new(),
        PreChat = (PreChat ?? new()) with { Fields = [.. (PreChat?.Fields ?? []).OfType<WidgetField>().Select(f => f with { Key = f.Key ?? "", Label = f.Label ?? "", Options = f.Options ?? [] })] },
        Offline = Offline ?? new(),
        Sites = [.. (Sites ?? []).OfType<string>().Select(s => s.Trim().TrimEnd('/').ToLowerInvariant()).Where(s => s.Length > 0).Distinct()],
        Identity = Identity ?? new(),
        Proactive = [.. (Proactive ?? []).OfType<WidgetProactive>()],
        Attachments = Attachments ?? new(),
        Hours = [.. (Hours ?? []).OfType<WidgetHour>()],
    };

    private Refusal.Invalid? Check() =>
        !WidgetColors.IsColor(Theme.Color) ? Wrong("theme.color", "A colour as #2454d6 is expected.")
        : WidgetColors.Contrast(Theme.Color, WidgetColors.On(Theme.Color)) < WidgetColors.Readable ? Wrong("theme.color", "No text can be read on this colour.")
        : Language != "auto" && !Languages.Contains(Language) ? Wrong("language", $"auto or one of {string.Join(", ", Languages)} is expected.")
        : !Fits(Greeting.Title, 80) ? Wrong("greeting.title", "At most 80 characters.")
        : !Fits(Greeting.Text, 300) ? Wrong("greeting.text", "At most 300 characters.")
        : !Fits(Offline.Text, 300) ? Wrong("offline.text", "At most 300 characters.")
        : Attachments.MaxBytes is < 1_024 or > 1L << 30 ? Wrong("attachments.maxBytes", "From 1 KB to 1 GB.")
        : CheckSites() ?? CheckFields() ?? CheckProactive() ?? CheckHours();

    private Refusal.Invalid? CheckSites() =>
        Sites.Count > MostSites ? Wrong("sites", $"At most {MostSites} sites.")
        : Sites.FirstOrDefault(s => !WidgetOrigins.IsSite(s)) is { } wrong ? Wrong("sites", $"{Shown(wrong)}: an origin as https://shop.example.com or *.example.com is expected.")
        : null;

    private Refusal.Invalid? CheckFields()
    {
        if (PreChat.Fields.Count > MostFields || PreChat.Fields.DistinctBy(f => f.Key).Count() < PreChat.Fields.Count)
        {
            return Wrong("preChat.fields", $"At most {MostFields} fields, each with a key of its own.");
        }

        foreach (var field in PreChat.Fields)
        {
            if (!IsName(field.Key))
            {
                return Wrong("preChat.fields.key", "A key has 1 to 40 letters, digits, hyphens or underscores.");
            }

            if (string.IsNullOrWhiteSpace(field.Label) || !Fits(field.Label, 100))
            {
                return Wrong("preChat.fields.label", "A question has 1 to 100 characters.");
            }

            if (field.Type == WidgetFieldType.Select && (field.Options.Count is 0 or > MostOptions || field.Options.Any(o => string.IsNullOrWhiteSpace(o) || !Fits(o, 100))))
            {
                return Wrong("preChat.fields.options", $"1 to {MostOptions} answers to choose from, each with at most 100 characters.");
            }
        }

        return null;
    }

    private Refusal.Invalid? CheckProactive() =>
        Proactive.Count > MostProactive || Proactive.DistinctBy(p => p.Id).Count() < Proactive.Count ? Wrong("proactive", $"At most {MostProactive}, each with an id of its own.")
        : Proactive.Any(p => !IsName(p.Id)) ? Wrong("proactive.id", "An id has 1 to 40 letters, digits, hyphens or underscores.")
        : Proactive.Any(p => string.IsNullOrWhiteSpace(p.Page) || !Fits(p.Page, 200)) ? Wrong("proactive.page", "A path as /pricing* is expected, at most 200 characters.")
        : Proactive.Any(p => p.AfterSeconds is < 0 or > 3_600) ? Wrong("proactive.afterSeconds", "From 0 to 3600 seconds.")
        : Proactive.Any(p => string.IsNullOrWhiteSpace(p.Text) || !Fits(p.Text, 300)) ? Wrong("proactive.text", "1 to 300 characters.")
        : null;

    private Refusal.Invalid? CheckHours() =>
        Hours.Count > MostHours ? Wrong("hours", $"At most {MostHours} entries.")
        : Hours.Any(h => h.To != TimeOnly.MinValue && h.To <= h.From) ? Wrong("hours", "Each end lies after its beginning; 00:00 is midnight at the end of the day.")
        : null;

    private static bool IsName(string? text) => text is { Length: > 0 and <= 40 } && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');

    private static bool Fits(string? text, int most) => text is not null && text.Length <= most && !text.Contains('\0', StringComparison.Ordinal);

    private static string Shown(string text) => text.Length <= 60 ? text : text[..60];

    private static Refusal.Invalid Wrong(string field, string message) => new($"settings.{field}", message);
}
