using System.ComponentModel.DataAnnotations;

namespace Omni.Core.Channels;

/// <summary>The installation's Meta app, which WhatsApp, Messenger and Instagram share. A channel may bring its own secret and token.</summary>
public sealed class MetaOptions : IValidatableObject
{
    /// <summary>Where the options stand in the configuration.</summary>
    public const string Section = "Platforms:Meta";

    /// <summary>Id of the app in the Meta developer console; empty without an app of the installation.</summary>
    [RegularExpression("^[0-9]*$", ErrorMessage = $"{Section}:AppId must be the app's number.")]
    public string AppId { get; init; } = "";

    /// <summary>The app's secret, which signs webhooks; empty when every channel brings its own. At least 8 characters.</summary>
    public string AppSecret { get; init; } = "";

    /// <summary>The word that Meta repeats when it checks the webhook address; empty when every channel brings its own. At least 8 characters.</summary>
    public string VerifyToken { get; init; } = "";

    /// <summary>Base address of the Graph API, without a version.</summary>
    public Uri GraphUrl { get; init; } = new("https://graph.facebook.com/");

    /// <summary>Base address of the Graph API for accounts connected by Instagram login.</summary>
    public Uri InstagramGraphUrl { get; init; } = new("https://graph.instagram.com/");

    /// <summary>Base address of Facebook's login, without a version.</summary>
    public Uri LoginUrl { get; init; } = new("https://www.facebook.com/");

    /// <summary>Version of the Graph API, as <c>v26.0</c>. Each lives about two years (developers.facebook.com/docs/graph-api/changelog).</summary>
    [RegularExpression(@"^v[0-9]+\.[0-9]+$", ErrorMessage = $"{Section}:ApiVersion must look like v26.0.")]
    public string ApiVersion { get; init; } = "v26.0";

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var (name, url) in new[] { (nameof(GraphUrl), GraphUrl), (nameof(InstagramGraphUrl), InstagramGraphUrl), (nameof(LoginUrl), LoginUrl) })
        {
            if (url is not { IsAbsoluteUri: true, Scheme: "https" or "http", UserInfo: "", Query: "" })
            {
                yield return new ValidationResult($"{Section}:{name} must be an http or https address.", [name]);
            }
        }

        foreach (var (name, secret) in new[] { (nameof(AppSecret), AppSecret), (nameof(VerifyToken), VerifyToken) })
        {
            if (secret.Length is > 0 and < 8)
            {
                yield return new ValidationResult($"{Section}:{name} must have at least 8 characters.", [name]);
            }
        }
    }
}
