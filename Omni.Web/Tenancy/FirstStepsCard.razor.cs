using Microsoft.AspNetCore.Components;
using Omni.Core.Events;
using Omni.Core.Tenancy;
using Omni.Web.Shared;

namespace Omni.Web.Tenancy;

/// <summary>The list of first steps. Draws nothing for those who cannot do them, and when it was put away.</summary>
public sealed partial class FirstStepsCard(IFirstSteps firstSteps, Workspace workspace, IEventBus events) : ComponentBase, IDisposable
{
    private readonly CancellationTokenSource _ended = new();
    private Rereader? _rereader;
    private FirstSteps? _steps;
    private IDisposable? _watch;
    private string? _failure;

    /// <summary>True to show it also when all is done or it was put away.</summary>
    [Parameter] public bool Always { get; set; }

    /// <summary>What the prerender has read.</summary>
    [PersistentState] public FirstSteps? Known { get; set; }

    /// <inheritdoc/>
    public void Dispose()
    {
        _ended.Cancel();
        _watch?.Dispose();
        _ended.Dispose();
    }

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        if (!workspace.Actor.Is(MemberRole.Admin))
        {
            return;
        }

        if (Known is { } known)
        {
            (_steps, Known) = (known, null);
            if (Steps(known).All(s => s.IsDone))
            {
                return; // nothing left to wait for
            }
        }

        // Heard from before it is read; what a prerender read is older than that.
        _watch = RendererInfo.IsInteractive ? events.Subscribe(workspace.Actor.OrganizationId, ChangeEvent.Organization, OnEventAsync, RefreshAsync) : null;
        await AgainAsync();
        Known = RendererInfo.IsInteractive ? null : _steps;
    }

    private IReadOnlyList<Step> Steps(FirstSteps steps) =>
    [
        new("Connect a channel", "Messages of your customers appear here by themselves.", "/settings/channels", "Connect", steps.HasChannel),
        new("Put the chat on your website", "One line of code; visitors write to you from any page.", "/settings/channels/widget", "Set up", steps.HasWidget),
        .. workspace.MayPlay || steps.HasPlayed ? [new Step("Try the sandbox", "Write to yourself as a customer. Needs no account anywhere.", "/sandbox", "Open", steps.HasPlayed)] : Array.Empty<Step>(),
        new("Invite a colleague", "They see the same inbox at once.", "/settings/team", "Invite", steps.HasInvited),
    ];

    private Task AgainAsync() => (_rereader ??= new Rereader(ReadAsync)).AgainAsync();

    private async Task ReadAsync()
    {
        try
        {
            if ((await firstSteps.ReadAsync(workspace.Actor, _ended.Token)).Succeeded(out var steps, out _))
            {
                _steps = steps;
            }
        }
        catch (OperationCanceledException) when (_ended.IsCancellationRequested)
        {
            return; // the page was closed
        }
    }

    private async Task HideAsync(bool isHidden)
    {
        _failure = (await firstSteps.HideAsync(workspace.Actor, isHidden, _ended.Token)).Succeeded(out var steps, out var refusal) ? null : refusal.Message;
        _steps = steps ?? _steps;
    }

    private ValueTask OnEventAsync(ChangeEvent change) => change.Name is EventNames.ChannelStatus or EventNames.MemberJoined ? RefreshAsync() : default;

    private ValueTask RefreshAsync() => new(InvokeAsync(async () =>
    {
        if (!_ended.IsCancellationRequested)
        {
            await AgainAsync();
            StateHasChanged();
        }
    }));

    private sealed record Step(string Title, string About, string Href, string Button, bool IsDone);
}
