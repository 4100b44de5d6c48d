using System.Text;

namespace Omni.Core.Tenancy;

/// <summary>How an organization's pages look beside Omni's own tokens.</summary>
/// <param name="PrimaryColor">Main colour as <c>#rrggbb</c>; null for Omni's.</param>
/// <param name="LogoUrl">Where the logo is; null without one.</param>
/// <param name="Mode">light, dark or auto: for people who chose no theme of their own.</param>
public sealed record OrganizationLook(string? PrimaryColor, string? LogoUrl, string Mode)
{
    /// <summary>Omni's own look.</summary>
    public static OrganizationLook Omni { get; } = new(null, null, "auto");

    /// <summary>Changes with the style sheet; empty when there is none.</summary>
    public string Version => $"{PrimaryColor?.TrimStart('#')}{(Mode == "auto" ? "" : $"-{Mode}")}";

    /// <summary>The style sheet: nothing but values for tokens.</summary>
    public string Css
    {
        get
        {
            var css = new StringBuilder("/* The organization's look */\n");
            if (PrimaryColor is not null && BrandColors.Of(PrimaryColor) is { } colors)
            {
                css.Append(colors.Css);
            }

            if (Mode is "light" or "dark")
            {
                css.Append(System.Globalization.CultureInfo.InvariantCulture, $":root:not([data-theme]) {{ color-scheme: {Mode} }}\n");
            }

            return css.ToString();
        }
    }

    /// <summary>The look of an organization.</summary>
    public static OrganizationLook Of(Organization organization)
    {
        ArgumentNullException.ThrowIfNull(organization);
        return new OrganizationLook(organization.PrimaryColor, organization.LogoUrl, organization.ThemeMode);
    }
}
