using Omni.Core.Common;
using Omni.Core.Widget;

namespace Omni.Web.Widget;

/// <summary>One question before the first message while somebody edits it.</summary>
/// <param name="field">As it is stored.</param>
public sealed class WidgetFieldForm(WidgetField field)
{
    /// <summary>Name in data; given once, so that answers of before keep their place.</summary>
    public string Key { get; } = field.Key.Length > 0 ? field.Key : $"q{OmniId.New().ToString("N")[^8..]}";

    /// <summary>The question.</summary>
    public string? Label { get; set; } = field.Label;

    /// <summary>What kind of answer.</summary>
    public WidgetFieldType Type { get; set; } = field.Type;

    /// <summary>Whether it must be answered.</summary>
    public bool Required { get; set; } = field.Required;

    /// <summary>Answers to choose from, one on each line.</summary>
    public string? OptionLines { get; set; } = string.Join('\n', field.Options);

    /// <summary>The question as it is entered now.</summary>
    public WidgetField Read() => new()
    {
        Key = Key,
        Label = Label?.Trim() ?? "",
        Type = Type,
        Required = Required,
        Options = Type == WidgetFieldType.Select ? (OptionLines ?? "").Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) : [],
    };
}
