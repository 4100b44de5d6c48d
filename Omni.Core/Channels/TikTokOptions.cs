using System.ComponentModel.DataAnnotations;

namespace Omni.Core.Channels;

/// <summary>The installation's TikTok app. A channel may bring its own secret and token.</summary>
public sealed class TikTokOptions : IValidatableObject
{
    /// <summary>Where the options stand in the configuration.</summary>
    public const string Section = "Platforms:TikTok";

    /// <summary>Id of the app in TikTok's developer portal; empty without an app of the installation.</summary>
    [RegularExpression("^[A-Za-z0-9]*$", ErrorMessage = $"{Section}:AppId must be the app's id: letters and digits.")]
    public string AppId { get; init; } = "";

    /// <summary>The app's secret, which signs webhooks and exchanges tokens; empty when every channel brings its own. At least 8 characters.</summary>
    public string AppSecret { get; init; } = "";

    /// <summary>Address of TikTok's API for businesses, without a version.</summary>
    public Uri ApiUrl { get; init; } = new("https://business-api.tiktok.com/");

    /// <summary>Address of TikTok's login.</summary>
    public Uri LoginUrl { get; init; } = new("https://www.tiktok.com/");

    /// <summary>Version of the API, as <c>v1.3</c>.</summary>
    [RegularExpression(@"^v[0-9]+\.[0-9]+$", ErrorMessage = $"{Section}:ApiVersion must look like v1.3.")]
    public string ApiVersion { get; init; } = "v1.3";

    /// <summary>Domains that TikTok keeps pictures and videos at, beside the usual ones. Files of other hosts are not fetched.</summary>
    public IReadOnlyList<string> MediaHosts { get; init; } = [];

    /// <summary>True when accounts can be connected by a login.</summary>
    public bool HasApp => AppId.Length > 0 && AppSecret.Length > 0;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var (name, url) in new[] { (nameof(ApiUrl), ApiUrl), (nameof(LoginUrl), LoginUrl) })
        {
            if (url is not { IsAbsoluteUri: true, Scheme: "https" or "http", UserInfo: "", Query: "" })
            {
                yield return new ValidationResult($"{Section}:{name} must be an http or https address.", [name]);
            }
        }

        if (AppSecret.Length is > 0 and < 8)
        {
            yield return new ValidationResult($"{Section}:{nameof(AppSecret)} must have at least 8 characters.", [nameof(AppSecret)]);
        }

        if (MediaHosts.FirstOrDefault(h => Uri.CheckHostName(h) != UriHostNameType.Dns || !h.Contains('.', StringComparison.Ordinal)) is { } bad)
        {
            yield return new ValidationResult($"{Section}:{nameof(MediaHosts)} must be domains such as tiktokcdn.com, not {bad}.", [nameof(MediaHosts)]);
        }
    }
}
