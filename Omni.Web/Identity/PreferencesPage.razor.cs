using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Components;
using Omni.Core.Common;
using Omni.Core.Identity;
using Omni.Core.Tenancy;
using Omni.Web.Shared;

namespace Omni.Web.Identity;

/// <summary>A person's own preferences. The account keeps them; the layout hands them to the browser.</summary>
public sealed partial class PreferencesPage(UserService users, Workspace workspace)
{
    private OrganizationLook Look => workspace.Directory.Look;

    private string OfOrganization => Look.Mode == "auto" ? "As the device" : $"As the organization ({Look.Mode})";

    /// <inheritdoc/>
    protected override async Task<Result<Preferences>> FetchAsync(Actor actor) =>
        (await SessionAsync()).Succeeded(out var me, out var refusal) && (await users.MeAsync(me, CancellationToken.None)).Succeeded(out var user, out refusal)
            ? Preferences.Read(user.Settings)
            : refusal;

    private static string Word(ChangeEventArgs change) => change.Value?.ToString() ?? "";

    private async Task SetAsync(string name, JsonNode value)
    {
        var change = new JsonObject { [name] = value is JsonValue word && word.TryGetValue(out string? text) && text.Length == 0 ? null : value };
        if (await DoForSessionAsync(me => users.ChangeSettingsAsync(me, change, CancellationToken.None)))
        {
            await ReadAsync();
            await workspace.RefreshDirectoryAsync();
        }
    }
}
