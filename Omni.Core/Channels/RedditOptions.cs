using System.ComponentModel.DataAnnotations;

namespace Omni.Core.Channels;

/// <summary>The installation's Reddit app: its channels and its sign-in share it, because Reddit gives out apps only after approval and each has one redirect address.</summary>
public sealed class RedditOptions : IValidatableObject
{
    /// <summary>Where the options stand in the configuration.</summary>
    public const string Section = "Platforms:Reddit";

    /// <summary>Path that Reddit sends people back to: the app's one redirect address.</summary>
    public const string CallbackPath = "/signin/reddit";

    /// <summary>Id of the app, of the kind "web app"; empty without one.</summary>
    [RegularExpression("^[A-Za-z0-9_-]*$", ErrorMessage = $"{Section}:ClientId must be the app's id.")]
    public string ClientId { get; init; } = "";

    /// <summary>The app's secret. Needed with an id.</summary>
    public string ClientSecret { get; init; } = "";

    /// <summary>How Omni names itself, in the form Reddit asks for: <c>web:com.example.omni:v1.0 (by /u/name)</c>. Names of common libraries are slowed down heavily.</summary>
    [RegularExpression("^[ -~]{1,200}$", ErrorMessage = $"{Section}:UserAgent must be 1 to 200 plain characters.")]
    public string UserAgent { get; init; } = "web:omni:v1.0 (self-hosted inbox)";

    /// <summary>Base address of the API.</summary>
    public Uri ApiUrl { get; init; } = new("https://oauth.reddit.com/");

    /// <summary>Base address of consent and tokens.</summary>
    public Uri AuthUrl { get; init; } = new("https://www.reddit.com/");

    /// <summary>True when people may also sign in to Omni with the app.</summary>
    public bool SignIn { get; init; } = true;

    /// <summary>Calls per minute that Reddit grants the app over all its accounts, averaged over ten minutes.</summary>
    [Range(10, 100_000)]
    public int CallsPerMinute { get; init; } = 100;

    /// <summary>True when the installation has an app.</summary>
    public bool IsOn => ClientId.Length > 0 && ClientSecret.Length > 0;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var (name, url) in new[] { (nameof(ApiUrl), ApiUrl), (nameof(AuthUrl), AuthUrl) })
        {
            if (url is not { IsAbsoluteUri: true, Scheme: "https" or "http", UserInfo: "", Query: "" })
            {
                yield return new ValidationResult($"{Section}:{name} must be an http or https address.", [name]);
            }
        }

        if (ClientId.Length > 0 != ClientSecret.Length > 0)
        {
            yield return new ValidationResult($"{Section}:ClientId and {Section}:ClientSecret belong together: both or none.", [nameof(ClientSecret)]);
        }
    }
}
