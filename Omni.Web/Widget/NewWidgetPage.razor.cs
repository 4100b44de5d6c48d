using Microsoft.AspNetCore.Components;
using Omni.Core.Channels;
using Omni.Core.Common;
using Omni.Core.Identity;
using Omni.Core.Tenancy;
using Omni.Core.Widget;
using Omni.Web.Shared;

namespace Omni.Web.Widget;

/// <summary>Creates a website chat and goes on to its settings.</summary>
public sealed partial class NewWidgetPage(ChannelService service, Workspace workspace, NavigationManager navigation)
{
    private string? _name = "Website";
    private string? _site;

    /// <inheritdoc/>
    protected override Task<Refusal?> LoadAsync(Actor actor) =>
        Task.FromResult<Refusal?>(actor.Is(MemberRole.Admin) ? null : new Refusal.Forbidden());

    private async Task CreateAsync()
    {
        ConnectedChannel? made = null;
        var settings = new WidgetSettings { Sites = WidgetForm.Sites(_site) };
        var isDone = await DoAsync(async actor =>
        {
            var result = await service.ConnectAsync(actor, new ChannelDraft(ChannelKind.Widget, string.IsNullOrWhiteSpace(_name) ? "Website" : _name, new Dictionary<string, string?>(), settings.ToJson()), CancellationToken.None);
            made = result.Refusal is null ? result.Value : null;
            return result;
        });
        if (isDone && made is not null)
        {
            await workspace.RefreshDirectoryAsync();
            navigation.NavigateTo($"/settings/channels/widget/{made.Id}");
        }
    }
}
