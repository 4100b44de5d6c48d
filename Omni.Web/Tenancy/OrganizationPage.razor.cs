using System.Globalization;
using Microsoft.AspNetCore.Components.Forms;
using Omni.Core.Common;
using Omni.Core.Identity;
using Omni.Core.Media;
using Omni.Core.Tenancy;
using Omni.Web.Shared;

namespace Omni.Web.Tenancy;

/// <summary>The settings of the organization itself, for its administrators.</summary>
public sealed partial class OrganizationPage(OrganizationService organizations, LogoService logos, Workspace workspace)
{
    private const string OmniBlue = "#3b5bdb";

    private static readonly IReadOnlyList<string> Zones = [.. TimeZoneInfo.GetSystemTimeZones().Select(z => z.Id).Where(id => id == "UTC" || id.Contains('/', StringComparison.Ordinal)).Order(StringComparer.Ordinal)];

    private static readonly IReadOnlyList<(string Tag, string Language)> Locales =
        [.. CultureInfo.GetCultures(CultureTypes.SpecificCultures).Where(c => c.Name.Length == 5).Select(c => (c.Name, c.EnglishName)).OrderBy(c => c.EnglishName, StringComparer.Ordinal)];

    private string? _name;
    private string? _zone;
    private string? _locale;
    private string? _color;
    private string _mode = "auto";

    private BrandColors? Shades => BrandColors.Of(_color?.Trim());

    private string? ColorError => Errors.For("theme.primaryColor")
        ?? (string.IsNullOrWhiteSpace(_color) || Shades is not null ? null : "A colour is # and six digits or letters up to f, such as #0b6e4f.");

    /// <inheritdoc/>
    protected override async Task<Result<OrganizationContent>> FetchAsync(Actor actor) =>
        !actor.Is(MemberRole.Admin) ? new Refusal.Forbidden()
        : (await organizations.CurrentAsync(actor, CancellationToken.None)).Succeeded(out var view, out var refusal) ? OrganizationContent.Of(view.Organization)
        : refusal;

    /// <inheritdoc/>
    protected override void Show(OrganizationContent content)
    {
        base.Show(content);
        (_name, _zone, _locale, _color, _mode) = (content.Name, content.TimeZone, content.Locale, content.PrimaryColor, content.Mode);
    }

    private Task SaveAsync() => SaveAsync(new OrganizationChange(_name, _zone?.Trim(), _locale?.Trim(), null, null));

    private Task SaveLookAsync() => SaveAsync(new OrganizationChange(null, null, null, _color?.Trim() ?? "", _mode));

    private async Task SaveAsync(OrganizationChange change)
    {
        OrganizationView? saved = null;
        if (await DoAsync(
            async actor =>
            {
                var result = await organizations.ChangeAsync(actor, change, CancellationToken.None);
                saved = result.Succeeded(out var view, out _) ? view : null;
                return result;
            },
            "Saved."))
        {
            // The other form keeps what is typed into it.
            var now = OrganizationContent.Of(saved!.Organization);
            var (name, zone, locale, color, mode) = (_name, _zone, _locale, _color, _mode);
            Show(now);
            (_name, _zone, _locale, _color, _mode) = change.Name is null ? (name, zone, locale, now.PrimaryColor, now.Mode) : (now.Name, now.TimeZone, now.Locale, color, mode);
            await workspace.RefreshDirectoryAsync();
        }
    }

    private async Task UploadAsync(IBrowserFile file)
    {
        if (await DoAsync(
            async actor =>
            {
                if (file.Size > PictureStore.MaxBytes)
                {
                    return new Refusal.Invalid("file", $"The picture is larger than {PictureStore.MaxBytes >> 20} MB.");
                }

                await using var content = file.OpenReadStream(PictureStore.MaxBytes);
                return await logos.ReplaceAsync(actor, content, CancellationToken.None);
            },
            "The logo is in place."))
        {
            await ShowLogoAsync();
        }
    }

    private async Task RemoveLogoAsync()
    {
        if (await DoAsync(actor => logos.ChooseAsync(actor, "", CancellationToken.None), "The logo is removed."))
        {
            await ShowLogoAsync();
        }
    }

    private async Task ShowLogoAsync()
    {
        await workspace.RefreshDirectoryAsync();
        var typed = (_name, _zone, _locale, _color, _mode);
        Show(Content! with { LogoUrl = workspace.Directory.Look.LogoUrl });
        (_name, _zone, _locale, _color, _mode) = typed;
    }
}

/// <summary>What the page of the organization shows.</summary>
/// <param name="Name">Name.</param>
/// <param name="TimeZone">IANA time zone.</param>
/// <param name="Locale">Language and region.</param>
/// <param name="PrimaryColor">Main colour; null for Omni's.</param>
/// <param name="LogoUrl">Logo; null for none.</param>
/// <param name="Mode">light, dark or auto.</param>
public sealed record OrganizationContent(string Name, string TimeZone, string Locale, string? PrimaryColor, string? LogoUrl, string Mode)
{
    /// <summary>The content for an organization.</summary>
    public static OrganizationContent Of(Organization organization)
    {
        ArgumentNullException.ThrowIfNull(organization);
        return new OrganizationContent(organization.Name, organization.TimeZone, organization.Locale, organization.PrimaryColor, organization.LogoUrl, organization.ThemeMode);
    }
}
