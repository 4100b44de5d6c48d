using Microsoft.AspNetCore.Components;
using Omni.Core.Channels;
using Omni.Core.Common;
using Omni.Core.Events;
using Omni.Core.Identity;
using Omni.Core.Tenancy;
using Omni.Web.Shared;

namespace Omni.Web.Channels;

/// <summary>What is open above the list of channels.</summary>
public enum ChannelDialog
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>The form for a new account.</summary>
    Connect,

    /// <summary>The form of a connected one.</summary>
    Edit,

    /// <summary>Where the platform must send to.</summary>
    Webhook,

    /// <summary>The question before disconnecting.</summary>
    Disconnect,

    /// <summary>The choice of an account after a login at Facebook.</summary>
    Choose,
}

/// <summary>The connected accounts: how they are doing, connecting, testing, changing, disconnecting.</summary>
public sealed partial class ChannelsPage(ChannelService service, MetaLogins logins, AccountLogins accounts, RedditLogins reddit, ChannelHistory history, Workspace workspace, IEventBus events, TimeProvider clock) : IDisposable
{
    private ChannelDialog _dialog;
    private ConnectedChannel? _chosen;
    private bool _isNew;
    private Guid? _at;
    private MetaChoice? _choice;
    private ChannelTest? _test;
    private IDisposable? _watch;

    /// <summary>The channel a link pointed at; its details are open.</summary>
    [SupplyParameterFromQuery(Name = "channel")] public Guid? Only { get; set; }

    /// <summary>The login a person came back from, <c>done</c> or <c>failed</c>.</summary>
    [SupplyParameterFromQuery(Name = "login")] public string? Login { get; set; }

    /// <summary>Why a login failed: the handle of its words.</summary>
    [SupplyParameterFromQuery(Name = "why")] public string? Why { get; set; }

    [CascadingParameter] private Reader Reader { get; set; } = Reader.In(null);

    private bool Manages => workspace.Actor.Is(MemberRole.Admin);

    /// <inheritdoc/>
    public void Dispose() => _watch?.Dispose();

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        // Heard from before anything is read; what a prerender read is older than that, so it is read once more.
        var isKnown = Known is not null;
        _watch = RendererInfo.IsInteractive ? events.Subscribe(workspace.Actor.OrganizationId, ChangeEvent.Organization, OnEventAsync, RefreshAsync) : null;
        await base.OnInitializedAsync();
        if (isKnown)
        {
            await ReadAsync();
        }

        if (Login is not null)
        {
            await AfterLoginAsync();
        }
    }

    /// <inheritdoc/>
    protected override async Task<Result<ChannelsContent>> FetchAsync(Actor actor) =>
        (await service.ListAsync(actor, CancellationToken.None)).Succeeded(out var channels, out var refusal) ? new ChannelsContent(channels, clock.GetUtcNow()) : refusal;

    private ValueTask OnEventAsync(ChangeEvent change) => change.Name == EventNames.ChannelStatus ? RefreshAsync() : default;

    private ValueTask RefreshAsync() => new(InvokeAsync(async () =>
    {
        await ReadAsync();
        StateHasChanged();
    }));

    private void Open(ChannelDialog dialog, ConnectedChannel? channel = null)
    {
        Say(null);
        Errors.Clear();
        (_dialog, _chosen, _isNew) = (dialog, channel, false);
    }

    private void Close() => (_dialog, _chosen) = (ChannelDialog.None, null);

    private async Task SaveAsync(ChannelEdit edit)
    {
        var (isNew, id) = (_chosen is null, _chosen?.Id);
        ConnectedChannel? saved = null;
        var isDone = await DoAsync(async actor =>
        {
            var result = id is { } known
                ? await service.UpdateAsync(actor, known, new ChannelPatch(edit.Name, edit.Credentials.Count > 0 ? edit.Credentials : null, edit.Settings), CancellationToken.None)
                : await service.ConnectAsync(actor, new ChannelDraft(edit.Kind, edit.Name, edit.Credentials, edit.Settings), CancellationToken.None);
            saved = result.Refusal is null ? result.Value : null;
            return result;
        });
        if (!isDone || saved is null)
        {
            return;
        }

        var hasMore = isNew && saved.Webhook is not null;
        Say(hasMore ? null : $"{saved.Name} is {(isNew ? "connected" : "saved")}.");
        (_dialog, _chosen, _isNew) = hasMore ? (ChannelDialog.Webhook, saved, true) : (ChannelDialog.None, null, false);
        await ReadAsync();
        await workspace.RefreshDirectoryAsync();
    }

    private async Task AfterLoginAsync()
    {
        if (Only is { } connected && Content?.Channels.FirstOrDefault(c => c.Id == connected) is { } channel)
        {
            Say($"{channel.Name} is connected.");
            return;
        }

        if (Why is not null && (await ActorAsync()).Succeeded(out var asking, out _) && await accounts.WhyAsync(asking, Why, CancellationToken.None) is { } reason)
        {
            Say(reason, "bad");
            return;
        }

        if (!(await ActorAsync()).Succeeded(out var actor, out _) || !(await logins.FindAsync(actor, Login!, CancellationToken.None)).Succeeded(out var choice, out _))
        {
            Say("The login did not work out, or took too long. Begin again, and allow everything that is asked for.", "bad");
            return;
        }

        (_dialog, _choice) = (ChannelDialog.Choose, choice);
    }

    private async Task ChooseAsync(string pageId)
    {
        ConnectedChannel? saved = null;
        var isDone = await DoAsync(async actor =>
        {
            var result = await logins.ConnectAsync(actor, Login!, pageId, CancellationToken.None);
            saved = result.Refusal is null ? result.Value : null;
            return result;
        });
        if (isDone && saved is not null)
        {
            Close();
            Say($"{saved.Name} is connected.");
            await ReadAsync();
            await workspace.RefreshDirectoryAsync();
        }
    }

    private async Task TestAsync(ConnectedChannel channel)
    {
        (_at, _test) = (channel.Id, null);
        await DoAsync(async actor =>
        {
            var result = await service.TestAsync(actor, channel.Id, CancellationToken.None);
            _test = result.Refusal is null ? result.Value : null;
            return result;
        });
        await ReadAsync();
    }

    private async Task FetchMissedAsync(ConnectedChannel channel)
    {
        _at = channel.Id;
        await DoAsync(
            actor => history.FetchAsync(actor, channel.Id, CancellationToken.None),
            $"The last seven days of {channel.Name} were looked through. What was missing appears in the inbox now.");
        await ReadAsync();
    }

    private async Task SwitchAsync(ConnectedChannel channel)
    {
        var on = channel.Status == ChannelStatus.Disabled;
        await DoAsync(
            actor => on ? service.EnableAsync(actor, channel.Id, CancellationToken.None) : service.DisableAsync(actor, channel.Id, CancellationToken.None),
            $"{channel.Name} is switched {(on ? "on" : "off")}.");
        await ReadAsync();
    }

    private async Task DisconnectAsync()
    {
        var channel = _chosen!;
        await DoAsync(actor => service.DisconnectAsync(actor, channel.Id, CancellationToken.None), $"{channel.Name} is disconnected. Its conversations stay.");
        Close();
        await ReadAsync();
        await workspace.RefreshDirectoryAsync();
    }
}
