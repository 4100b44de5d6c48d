using Omni.Core.Common;
using Omni.Core.Widget;

namespace Omni.Web.Widget;

/// <summary>One message that appears by itself while somebody edits it.</summary>
/// <param name="greeting">As it is stored.</param>
public sealed class WidgetGreetingForm(WidgetProactive greeting)
{
    private readonly string _was = greeting.Text;

    /// <summary>On which pages.</summary>
    public string? Page { get; set; } = greeting.Page;

    /// <summary>After how many seconds.</summary>
    public int AfterSeconds { get; set; } = greeting.AfterSeconds;

    /// <summary>The words.</summary>
    public string? Text { get; set; } = greeting.Text;

    /// <summary>The message as it is entered now. New words are a new message: who has seen the old ones sees them.</summary>
    public WidgetProactive Read() => greeting with
    {
        Id = greeting.Id.Length > 0 && Text == _was ? greeting.Id : $"p{OmniId.New().ToString("N")[^8..]}",
        Page = string.IsNullOrWhiteSpace(Page) ? "*" : Page.Trim(),
        AfterSeconds = AfterSeconds,
        Text = Text?.Trim() ?? "",
    };
}
