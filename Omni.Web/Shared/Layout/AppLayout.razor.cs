using Microsoft.AspNetCore.Components;
using Omni.Core.Common;
using Omni.Core.Events;
using Omni.Core.Identity;
using Omni.Core.Inbox;
using Omni.Core.Tenancy;
using Omni.Web.Inbox;

namespace Omni.Web.Shared.Layout;

/// <summary>The frame of every signed-in page: top bar, rail, on phones the bottom bar.</summary>
public sealed partial class AppLayout(Workspace workspace, IInboxDirectory directory, IEventBus events, Handover handover, ILogger<AppLayout> logger) : IDisposable
{
    private Refusal? _refusal;
    private Availability _availability;
    private IDisposable? _watch;

    /// <summary>Under which ticket the prerender left what it has read.</summary>
    [PersistentState] public Guid? Known { get; set; }

    private Workspace Workspace => workspace;

    private OrganizationLook Look => workspace.Directory.Look;

    private Preferences Mine => workspace.Directory.Mine;

    // Who can mend a channel is told on every page that it needs mending; the others read it in the composer.
    private IEnumerable<ChannelView> Broken => workspace.Actor.Is(MemberRole.Admin) ? workspace.Directory.Channels.Where(c => c.Status == Core.Channels.ChannelStatus.NeedsReauth).Take(3) : [];

    // First part of the page's address.
    private string Here => Navigation.ToBaseRelativePath(Navigation.Uri).Split('/', '?', '#')[0];

    /// <inheritdoc/>
    public void Dispose()
    {
        workspace.Changed -= OnChanged;
        _watch?.Dispose();
    }

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        var known = handover.Take<WorkspaceState>(Known);
        _refusal = await workspace.LoadAsync(known);
        if (_refusal is Refusal.Unauthenticated)
        {
            var here = new Uri(Navigation.Uri).PathAndQuery;
            Navigation.NavigateTo($"/signin?returnUrl={Uri.EscapeDataString(here)}", forceLoad: true);
            return;
        }

        if (_refusal is null)
        {
            _availability = workspace.Directory.Members.FirstOrDefault(m => m.UserId == workspace.Actor.UserId)?.Availability ?? default;
            workspace.Changed += OnChanged;
            if (RendererInfo.IsInteractive)
            {
                _watch = events.Subscribe(workspace.Actor.OrganizationId, ChangeEvent.Organization, OnEventAsync, RefreshAsync);
                if (known is not null)
                {
                    _ = CatchUpAsync();
                }
            }
            else
            {
                Known = handover.Keep(workspace.State);
            }
        }
    }

    private static string Count(int count) => count >= 100 ? "99+" : count.ToString();

    private ValueTask OnEventAsync(ChangeEvent change) => change.Name == EventNames.ChannelStatus ? RefreshAsync() : default;

    private ValueTask RefreshAsync() => new(InvokeAsync(workspace.RefreshDirectoryAsync));

    /// <summary>What a prerender read is older than the first moment of listening. The page does not wait for it.</summary>
    private async Task CatchUpAsync()
    {
        try
        {
            await workspace.RefreshDirectoryAsync();
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            Failures.Tell(logger, failure); // what the prerender read stays; the next change of a channel reads again
        }
    }

    private async Task ActAsync(ActEventArgs act)
    {
        if (act.Act == Acts.Availability && Enum.TryParse<Availability>(act.Value, out var availability) && Enum.IsDefined(availability))
        {
            _availability = availability;
            await directory.SetAvailabilityAsync(workspace.Actor, availability, CancellationToken.None);
        }
    }

    private void OnChanged(object? sender, EventArgs e) => _ = InvokeAsync(StateHasChanged);
}
