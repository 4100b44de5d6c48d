using Microsoft.AspNetCore.Components;
using Omni.Core.Common;
using Omni.Core.Inbox;
using Omni.Core.Tenancy;

namespace Omni.Web.Shared.Layout;

/// <summary>The frame of every signed-in page: top bar, rail, on phones the bottom bar.</summary>
public sealed partial class AppLayout(Workspace workspace, IInboxDirectory directory) : IDisposable
{
    private Refusal? _refusal;
    private Availability _availability;

    /// <summary>What the prerender has read.</summary>
    [PersistentState] public WorkspaceState? Known { get; set; }

    private Workspace Workspace => workspace;

    private string AvailabilityTone => Tone(_availability);

    /// <inheritdoc/>
    public void Dispose() => workspace.Changed -= OnChanged;

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        _refusal = await workspace.LoadAsync(Known);
        if (_refusal is Refusal.Unauthenticated)
        {
            var here = new Uri(Navigation.Uri).PathAndQuery;
            Navigation.NavigateTo($"/signin?returnUrl={Uri.EscapeDataString(here)}", forceLoad: true);
            return;
        }

        if (_refusal is null)
        {
            Known = workspace.State;
            _availability = workspace.Directory.Members.FirstOrDefault(m => m.UserId == workspace.Actor.UserId)?.Availability ?? default;
            workspace.Changed += OnChanged;
        }
    }

    private static string Count(int count) => count >= 100 ? "99+" : count.ToString();

    private static string Tone(Availability availability) => availability switch
    {
        Availability.Available => "ok",
        Availability.Busy => "warn",
        _ => "off",
    };

    private static string Meaning(Availability availability) => availability switch
    {
        Availability.Available => "takes conversations",
        Availability.Busy => "here, takes no new ones",
        _ => "not here",
    };

    private async Task SetAsync(Availability availability)
    {
        _availability = availability;
        await directory.SetAvailabilityAsync(workspace.Actor, availability, CancellationToken.None);
    }

    private void OnChanged(object? sender, EventArgs e) => _ = InvokeAsync(StateHasChanged);
}
