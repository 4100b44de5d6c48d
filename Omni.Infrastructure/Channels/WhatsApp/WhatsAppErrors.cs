using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Omni.Core.Channels;

namespace Omni.Infrastructure.Channels.WhatsApp;

/// <summary>Turns the platform's error objects, of answers and of webhooks, into Omni's.</summary>
internal static class WhatsAppErrors
{
    /// <summary>For a failure that came without any reason.</summary>
    public static PlatformError Unexplained { get; } = new("none", "WhatsApp could not deliver the message and gives no reason.", SendReaction.GiveUpContent);

    /// <summary>One element of a webhook's <c>errors</c>.</summary>
    public static PlatformError Read(JsonElement error) => Describe(
        Code(error),
        error.Member("error_data"u8).Text("details"u8) ?? error.Text("details"u8) ?? error.Text("message"u8) ?? error.Text("title"u8));

    /// <summary>Our words and what to do for a code, with the platform's own words after them.</summary>
    public static PlatformError Describe(int? code, string? quote) => WhatsAppOutcomes.Verdicts.Describe(code, null, quote);

    /// <summary>The codes of a list of errors.</summary>
    public static JsonArray Codes(JsonElement errors) => [.. errors.Each().Select(e => (JsonNode?)Code(e))];

    /// <summary>The number of an error; null when it has none.</summary>
    public static int? Code(JsonElement error) =>
        int.TryParse(error.Text("code"u8), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var code) ? code : null;

    /// <summary>The word for what a client should do, as the contract writes it in <c>extra.action</c>.</summary>
    public static string Action(PlatformError error) => error.Reaction switch
    {
        SendReaction.Retry => "retry",
        SendReaction.SlowDown => "retry_later_same_recipient",
        SendReaction.Pause => "pause",
        SendReaction.Reauthorize => "reauthorize",
        SendReaction.UseTemplate => "give_up_use_template",
        SendReaction.GiveUpContact => "give_up",
        SendReaction.GiveUpAccount => "give_up_fix_account",
        _ => error.Code is "131052" or "131053" ? "give_up_fix_media" : "give_up_fix_content",
    };
}
