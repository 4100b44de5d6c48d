using Omni.Core.Common;

namespace Omni.Core.Channels;

/// <summary>What a person or program enters to connect an account of one platform.</summary>
/// <param name="Kind">The platform.</param>
/// <param name="AccountField">The field that names the account.</param>
/// <param name="Fields">All fields, in the order of the form.</param>
public sealed record CredentialForm(ChannelKind Kind, string AccountField, IReadOnlyList<CredentialField> Fields)
{
    private static readonly CredentialForm WhatsApp = new(ChannelKind.WhatsApp, CredentialNames.PhoneNumberId,
    [
        new(CredentialNames.PhoneNumberId, "Phone number ID", "A row of digits from WhatsApp Manager, API setup. Not the phone number itself.", Secret: false, Required: true),
        new(CredentialNames.BusinessAccountId, "WhatsApp business account ID", "On the same page, just below the phone number ID.", Secret: false, Required: true),
        new(CredentialNames.AccessToken, "Access token", "Of a system user, with the permissions whatsapp_business_messaging and whatsapp_business_management.", Secret: true, Required: true),
        new(CredentialNames.AppSecret, "App secret", "Only for a Meta app of your own: App settings, Basic.", Secret: true, Required: false),
        new(CredentialNames.VerifyToken, "Verify token", "Only together with an app secret. Leave it empty and Omni makes one.", Secret: true, Required: false),
    ]);

    private static readonly CredentialForm Messenger = new(ChannelKind.Messenger, CredentialNames.PageId,
    [
        new(CredentialNames.PageId, "Page ID", "A row of digits: the page, About, Page transparency.", Secret: false, Required: true),
        new(CredentialNames.AccessToken, "Page access token", "Of the page itself, with the permissions pages_messaging and pages_manage_metadata.", Secret: true, Required: true),
        new(CredentialNames.AppSecret, "App secret", "Only for a Meta app of your own: App settings, Basic.", Secret: true, Required: false),
        new(CredentialNames.VerifyToken, "Verify token", "Only together with an app secret. Leave it empty and Omni makes one.", Secret: true, Required: false),
    ]);

    private static readonly CredentialForm Instagram = new(ChannelKind.Instagram, CredentialNames.AccountId,
    [
        new(CredentialNames.AccountId, "Instagram account ID", "Of the professional account, a row of digits. Not the user name.", Secret: false, Required: true),
        new(CredentialNames.Variant, "Connected by", "Which kind of token you have.", Secret: false, Required: true)
        {
            Choices = new Dictionary<string, string> { [CredentialNames.VariantPage] = "The linked Facebook page", [CredentialNames.VariantLogin] = "Instagram’s own login" },
        },
        new(CredentialNames.PageId, "Page ID", "Of the Facebook page the account is linked to. Leave it empty with Instagram’s own login.", Secret: false, Required: false),
        new(CredentialNames.AccessToken, "Access token", "The page’s, with instagram_manage_messages; or one of Instagram’s login, with instagram_business_manage_messages.", Secret: true, Required: true),
        new(CredentialNames.AppSecret, "App secret", "Only for a Meta app of your own: App settings, Basic; with Instagram’s login the Instagram app secret.", Secret: true, Required: false),
        new(CredentialNames.VerifyToken, "Verify token", "Only together with an app secret. Leave it empty and Omni makes one.", Secret: true, Required: false),
    ]);

    private static readonly CredentialForm TikTok = new(ChannelKind.TikTok, CredentialNames.BusinessId,
    [
        new(CredentialNames.BusinessId, "Business ID", "The open_id that came with the token. Not the user name.", Secret: false, Required: true) { IsText = true },
        new(CredentialNames.AccessToken, "Access token", "Of the business account, with the scopes message.list.read, message.list.send and message.list.manage.", Secret: true, Required: true),
        new(CredentialNames.RefreshToken, "Refresh token", "Came with the access token, which ends after a day. Without it somebody must enter a new one every day.", Secret: true, Required: false),
        new(CredentialNames.AppId, "App ID", "Only for a TikTok app of your own: its page in the developer portal.", Secret: false, Required: false),
        new(CredentialNames.AppSecret, "App secret", "Only for a TikTok app of your own: on the same page.", Secret: true, Required: false),
    ]) { App = "TikTok" };
    private static readonly CredentialForm Reddit = new(ChannelKind.Reddit, CredentialNames.Username,
    [
        new(CredentialNames.Username, "Reddit user name", "Of the account that answers, such as fjord_tents.", Secret: false, Required: true) { IsName = true },
        new(CredentialNames.RefreshToken, "Refresh token", "Of a lasting consent to this installation’s Reddit app, with the scopes identity, privatemessages, read, submit and history.", Secret: true, Required: true),
        new(CredentialNames.AccessToken, "Access token", "Not needed: Omni gets one by the refresh token.", Secret: true, Required: false),
    ]) { IsPolled = true };

    private static readonly CredentialForm Widget = new(ChannelKind.Widget, CredentialNames.SiteKey, []) { IsOurs = true };

    /// <summary>True when Omni itself is the platform: nothing is entered, the account is made here, and nobody posts webhooks for it.</summary>
    public bool IsOurs { get; private init; }

    /// <summary>Whose app signs the deliveries: a part of the settings' names, and a word for people.</summary>
    public string App { get; private init; } = "Meta";

    /// <summary>True for what belongs to an app of the channel's own.</summary>
    public static bool IsOfApp(CredentialField field) => field?.Name is CredentialNames.AppId or CredentialNames.AppSecret or CredentialNames.VerifyToken;

    /// <summary>True when the platform posts nothing and is asked instead: there is no webhook to set up.</summary>
    public bool IsPolled { get; private init; }

    /// <summary>The form of a platform; null for platforms that cannot be connected yet.</summary>
    public static CredentialForm? Of(ChannelKind kind) => kind switch
    {
        ChannelKind.WhatsApp => WhatsApp,
        ChannelKind.Messenger => Messenger,
        ChannelKind.Instagram => Instagram,
        ChannelKind.TikTok => TikTok,
        ChannelKind.Reddit => Reddit,
        ChannelKind.Widget => Widget,
        _ => null,
    };

    /// <summary>A name as the platform compares it: without what it is announced by, in lower case.</summary>
    private static string Bare(string entered) => entered.Trim().TrimStart('/') is var name && name.StartsWith("u/", StringComparison.OrdinalIgnoreCase) ? name[2..].ToLowerInvariant() : name.TrimStart('@').ToLowerInvariant();

    /// <summary>Trims and checks what was entered. Empty values count as not entered.</summary>
    /// <param name="entered">Values by name.</param>
    /// <param name="held">What the channel already has, which stays where nothing is entered; an empty value removes an optional one. Null for a new channel.</param>
    public Result<Dictionary<string, string>> Read(IReadOnlyDictionary<string, string?> entered, IReadOnlyDictionary<string, string>? held)
    {
        ArgumentNullException.ThrowIfNull(entered);
        if (entered.Keys.FirstOrDefault(name => Fields.All(f => f.Name != name)) is { } unknown)
        {
            return new Refusal.Invalid(unknown, IsOurs ? "This channel takes no credentials." : $"There is no such credential. Known ones: {string.Join(", ", Fields.Select(f => f.Name))}.");
        }

        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var field in Fields)
        {
            var isEntered = entered.TryGetValue(field.Name, out var raw) && raw is not null;
            var value = isEntered ? field.IsName ? Bare(raw!) : raw!.Trim() : held?.GetValueOrDefault(field.Name) ?? "";
            if (value.Length == 0 && field.Required)
            {
                return new Refusal.Invalid(field.Name, $"{field.Label}: enter a value.");
            }

            if (value.Length > CredentialField.MaxLength || value.Any(c => char.IsControl(c) || char.IsWhiteSpace(c) || char.IsSurrogate(c)))
            {
                return new Refusal.Invalid(field.Name, $"{field.Label}: one line without spaces, at most {CredentialField.MaxLength} characters.");
            }

            if (value.Length > 0 && field.Choices.Count > 0 && !field.Choices.ContainsKey(value))
            {
                return new Refusal.Invalid(field.Name, $"{field.Label}: one of {string.Join(", ", field.Choices.Keys)}.");
            }

            if (value.Length > 0)
            {
                values[field.Name] = value;
            }
        }

        return values;
    }
}

/// <summary>One thing to enter.</summary>
/// <param name="Name">Name in the API contract.</param>
/// <param name="Label">Name for people.</param>
/// <param name="Help">Where to find it.</param>
/// <param name="Secret">True when no answer may ever contain it.</param>
/// <param name="Required">False when it can be left out.</param>
public sealed record CredentialField(string Name, string Label, string Help, bool Secret, bool Required)
{
    /// <summary>Longest value, in characters.</summary>
    public const int MaxLength = 4096;

    /// <summary>True for ids that are more than digits.</summary>
    public bool IsText { get; init; }

    /// <summary>True for a public name, which may be entered with what announces it (<c>u/</c>, <c>@</c>) and in any case.</summary>
    public bool IsName { get; init; }

    /// <summary>The values it may have, with words for people; empty when any.</summary>
    public IReadOnlyDictionary<string, string> Choices { get; init; } = new Dictionary<string, string>();
}
