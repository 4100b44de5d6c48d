using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;
using Omni.Core.Channels;
using Omni.Core.Common;
using Omni.Core.Events;
using Omni.Core.Identity;
using Omni.Core.Inbox;
using Omni.Core.Sandbox;
using Omni.Web.Shared;
using Omni.Web.Shared.Ui;

namespace Omni.Web.Sandbox;

/// <summary>The phone of a pretend customer, what its platform does out of the ordinary, and what passed.</summary>
public sealed partial class SandboxPage(SandboxService service, Workspace workspace, IEventBus events, NavigationManager navigation, IJSRuntime script, TimeProvider clock) : IDisposable
{
    private const string FirstName = "Nora Berg";

    private readonly List<IDisposable> _watches = [];
    private readonly SemaphoreSlim _turn = new(1); // what is clicked fast is done one after the other, never dropped
    private IReadOnlyList<ConnectedChannel> _channels = [];
    private SandboxView? _view;
    private PhoneTalk _talk = new([], false);
    private Guid? _shown;
    private string? _contactId;
    private string _name = FirstName;
    private string? _newName;
    private string _tab = "phone";
    private DateTimeOffset _now;
    private bool _choosing;
    private bool _wireOpen;
    private readonly CancellationTokenSource _ended = new();

    /// <summary>Which play channel; null for the oldest.</summary>
    [Parameter] public Guid? ChannelId { get; set; }

    [CascadingParameter] private Reader Reader { get; set; } = Reader.In(null);

    private (string Key, string Name, string? Extra)[] Tabs =>
    [
        ("phone", "Phone", null),
        ("behaviour", "Behaviour", _view!.Behaviour.On > 0 ? $"{_view.Behaviour.On} on" : null),
        ("wire", "Payloads", _view.Lines.Count.ToString(System.Globalization.CultureInfo.InvariantCulture)),
    ];

    private string CustomerWords => _view?.Contacts.FirstOrDefault(c => c.Id == _contactId) is { } known ? known.Words : "new contact";

    private string InboxHref => _view!.Lines.LastOrDefault(l => l.Entry.ContactId == _contactId && l.Omni is not null)?.Omni is { } omni
        ? $"/inbox/all/{omni.ConversationId}"
        : $"/inbox/all?channel={_view.Channel.Id}";

    /// <inheritdoc/>
    public void Dispose()
    {
        _ended.Cancel();
        Unwatch();
        _ended.Dispose();
        _turn.Dispose();
    }

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        if (!Loading && ChannelId is { } id && id != _view?.Channel.Id)
        {
            (_contactId, _name) = (null, FirstName);
            await ReadAsync();
        }
    }

    /// <inheritdoc/>
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (firstRender)
        {
            await script.InvokeAsync<IJSObjectReference>("import", "/js/settings.js");
        }
    }

    /// <inheritdoc/>
    protected override async Task<Refusal?> LoadAsync(Actor actor)
    {
        _now = clock.GetUtcNow();
        if (!(await service.ListAsync(actor, CancellationToken.None)).Succeeded(out var channels, out var refusal))
        {
            return refusal;
        }

        _channels = channels;
        if ((ChannelId ?? (channels.Count > 0 ? channels[0].Id : null)) is not { } id)
        {
            (_view, _shown) = (null, null);
            return null;
        }

        Watch(actor.OrganizationId, id);
        if (!(await service.GetAsync(actor, id, CancellationToken.None)).Succeeded(out var view, out refusal))
        {
            _view = null;
            return refusal is Refusal.NotFound ? null : refusal;
        }

        Show(view);
        if (RendererInfo.IsInteractive && _contactId is { } looking && IsUnread(view, looking))
        {
            // The phone is open on this customer's talk: what was delivered to it is read.
            var read = await service.ReadAsync(actor, id, looking, CancellationToken.None);
            return read.Refusal;
        }

        return null;
    }

    /// <summary>Whether the customer has yet to read something. Nobody reads faster than Omni notes that it has sent: what is still being sent waits for the next look.</summary>
    private static bool IsUnread(SandboxView view, string contactId)
    {
        var statuses = view.Lines.Where(l => l.Entry.Kind == SandboxEntryKind.Status).ToLookup(l => l.Entry.MessageId, l => l.Entry.Type);
        return view.Lines.Any(l => l.Entry.Kind == SandboxEntryKind.Send && l.Entry.ContactId == contactId && l.Entry.MessageId is { } id
            && l.Omni?.Status is MessageStatus.Sent or MessageStatus.Delivered && statuses[id].Any() && !statuses[id].Contains("read"));
    }

    private void Show(SandboxView view)
    {
        _view = view;
        if (_contactId is null && view.Contacts.FirstOrDefault(c => c.Name == _name) is { } named)
        {
            _contactId = named.Id;
        }
        else if (_contactId is null && _name == FirstName && view.Contacts.Count > 0)
        {
            (_contactId, _name) = (view.Contacts[0].Id, view.Contacts[0].Name);
        }

        var wasTyping = _talk.IsTyping;
        _talk = PhoneTalk.Of(view.Lines, _contactId, _now);
        if (_talk.IsTyping && !wasTyping && RendererInfo.IsInteractive)
        {
            _ = StopTypingAsync();
        }
    }

    /// <summary>No event tells that a typing sign ran out.</summary>
    private async Task StopTypingAsync()
    {
        try
        {
            await Task.Delay(PhoneTalk.TypingLasts, clock, _ended.Token);
            await RefreshAsync();
        }
        catch (OperationCanceledException) when (_ended.IsCancellationRequested)
        {
            return; // the page was closed
        }
    }

    private void Watch(Guid organizationId, Guid channelId)
    {
        if (!RendererInfo.IsInteractive || _shown == channelId)
        {
            return;
        }

        Unwatch();
        _shown = channelId;
        _watches.Add(events.Subscribe(organizationId, ChangeEvent.Sandbox(channelId), _ => RefreshAsync(), RefreshAsync));
        _watches.Add(events.Subscribe(organizationId, ChangeEvent.Organization, change => change.Name is EventNames.MessageCreated or EventNames.MessageUpdated or EventNames.MessageStatusChanged or EventNames.ChannelStatus ? RefreshAsync() : ValueTask.CompletedTask));
    }

    private void Unwatch()
    {
        foreach (var watch in _watches)
        {
            watch.Dispose();
        }

        _watches.Clear();
    }

    private ValueTask RefreshAsync() => new(InvokeAsync(async () =>
    {
        if (!_ended.IsCancellationRequested)
        {
            await ReadAsync();
            StateHasChanged();
        }
    }));

    private async Task<bool> InTurnAsync<T>(Func<Actor, Task<Result<T>>> work)
    {
        await _turn.WaitAsync();
        try
        {
            return await DoAsync(work);
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task CreateAsync(ChannelKind kind)
    {
        Guid? made = null;
        await InTurnAsync(async actor =>
        {
            var result = await service.CreateAsync(actor, kind, _channels.Any(c => c.Kind == kind) ? $"Sandbox {Platform.Name(kind)} {_channels.Count + 1}" : null, CancellationToken.None);
            made = result.Refusal is null ? result.Value.Id : null;
            return result;
        });
        if (made is { } id)
        {
            await workspace.RefreshDirectoryAsync();
            navigation.NavigateTo($"/sandbox/{id}");
        }
    }

    private Task<bool> WriteAsync(string text) => PlayAsync(new SandboxMessage { ContactName = _name, Type = SandboxMessageType.Text, Text = text });

    private Task<bool> PlayAsync(SandboxMessageType type) => PlayAsync(new SandboxMessage { ContactName = _name, Type = type });

    private Task<bool> PressAsync((string MessageId, SandboxChoice Choice) pressed) =>
        PlayAsync(new SandboxMessage { ContactName = _name, Type = SandboxMessageType.Button, AboutId = pressed.MessageId, Choice = pressed.Choice });

    private async Task<bool> PlayAsync(SandboxMessage message)
    {
        var isDone = await InTurnAsync(async actor =>
        {
            var result = await service.PlayAsync(actor, _view!.Channel.Id, message with { ContactName = _name, ContactId = _contactId }, CancellationToken.None);
            if (result.Refusal is null)
            {
                _contactId = result.Value.ContactId;
            }

            return result;
        });
        await RefreshAsync();
        return isDone;
    }

    private async Task BehaveAsync(SandboxBehaviour behaviour)
    {
        await InTurnAsync(actor => service.SetBehaviourAsync(actor, _view!.Channel.Id, behaviour, CancellationToken.None));
        await RefreshAsync();
    }

    private async Task AgainAsync(Guid entryId)
    {
        await InTurnAsync(actor => service.DeliverAgainAsync(actor, _view!.Channel.Id, entryId, CancellationToken.None));
        await RefreshAsync();
    }

    private async Task StartOverAsync()
    {
        await InTurnAsync(actor => service.StartOverAsync(actor, _view!.Channel.Id, CancellationToken.None));
        (_contactId, _name) = (null, FirstName);
        await RefreshAsync();
    }

    private ValueTask ChooseAsync(SandboxContact contact)
    {
        (_contactId, _name, _choosing) = (contact.Id, contact.Name, false);
        return RefreshAsync();
    }

    private async Task NewCustomerAsync()
    {
        if (_newName?.Trim() is { Length: > 0 } name)
        {
            (_contactId, _name, _newName, _choosing) = (_view?.Contacts.FirstOrDefault(c => c.Name == name)?.Id, name, null, false);
            await RefreshAsync();
        }
        else
        {
            Errors.Take(new Refusal.Invalid("contact.name", "A name has 1 to 100 characters on one line."));
        }
    }
}
