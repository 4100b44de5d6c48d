using Microsoft.AspNetCore.Components;
using Omni.Core.Inbox;
using Omni.Core.Tenancy;
using Omni.Web.Shared;

namespace Omni.Web.Inbox;

/// <summary>The person behind the open conversation.</summary>
public sealed partial class ContextPanel(IInboxDirectory directory, IInboxReader reader, Handover handover, ILogger<ContextPanel> logger)
{
    private const int Earlier = 5;

    private ContactCard? _card;
    private IReadOnlyList<ConversationItem> _earlier = [];
    private IReadOnlyList<FileView> _files = [];
    private LoadError? _error;

    /// <summary>The open conversation; another one is another component.</summary>
    [Parameter, EditorRequired] public ConversationItem Item { get; set; } = default!;

    /// <summary>People, channels, labels.</summary>
    [Parameter, EditorRequired] public Workspace Workspace { get; set; } = default!;

    /// <summary>The present (UTC).</summary>
    [Parameter] public DateTimeOffset Now { get; set; }

    /// <summary>The reader wants to change the conversation.</summary>
    [Parameter] public EventCallback<ConversationPatch> OnPatch { get; set; }

    /// <summary>Under which ticket the prerender left what it has read.</summary>
    [PersistentState] public Guid? Known { get; set; }

    [CascadingParameter] private Reader Reader { get; set; } = default!;

    private bool CanWrite => Workspace.Actor.Is(MemberRole.Agent);

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        if (handover.Take<ContextState>(Known) is { } known)
        {
            (_card, _earlier, _files) = (known.Card, known.Earlier, known.Files);
            return;
        }

        await LoadAsync();
        if (!RendererInfo.IsInteractive && _error is null)
        {
            Known = handover.Keep(new ContextState(_card, _earlier, _files));
        }
    }

    private async Task LoadAsync()
    {
        var actor = Workspace.Actor;
        try
        {
            var card = directory.ContactAsync(actor, Item.Row.ContactId, CancellationToken.None);
            var files = directory.FilesAsync(actor, Item.Row.Id, CancellationToken.None);
            var past = await reader.ListAsync(actor, new ConversationQuery { Statuses = [], ContactId = Item.Row.ContactId, Limit = Earlier + 1 }, CancellationToken.None);
            _earlier = past.Succeeded(out var page, out _) ? [.. page.Rows.Where(i => i.Row.Id != Item.Row.Id).Take(Earlier)] : [];
            (_card, _files, _error) = (await card, await files, null);
        }
        catch (Exception failure)
        {
            _error = Failures.Tell(logger, failure);
        }

        StateHasChanged();
    }

    private Task LabelAsync(Guid label, bool on)
    {
        var now = Item.Row.Labels.Select(l => l.Id);
        return OnPatch.InvokeAsync(new ConversationPatch { Labels = [.. on ? now.Append(label).Distinct() : now.Where(l => l != label)] });
    }
}

/// <summary>What a prerender hands to the circuit.</summary>
/// <param name="Card">The customer.</param>
/// <param name="Earlier">Their other conversations.</param>
/// <param name="Files">Files of this one.</param>
public sealed record ContextState(ContactCard? Card, IReadOnlyList<ConversationItem> Earlier, IReadOnlyList<FileView> Files);
