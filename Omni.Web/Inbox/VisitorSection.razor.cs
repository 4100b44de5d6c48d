using Microsoft.AspNetCore.Components;
using Omni.Core.Events;
using Omni.Core.Inbox;
using Omni.Core.Widget;
using Omni.Web.Shared;

namespace Omni.Web.Inbox;

/// <summary>The visitor behind a conversation of a website chat, live.</summary>
public sealed partial class VisitorSection(WidgetContext context, IEventBus bus, TimeProvider clock, ILogger<VisitorSection> logger) : IDisposable
{
    /// <summary>Signs of life come this often at least while the page is open.</summary>
    private static readonly TimeSpan Again = TimeSpan.FromSeconds(45);

    private WidgetContextView? _visitor;
    private LoadError? _error;
    private DateTimeOffset _readAt;
    private IDisposable? _watch;
    private Rereader? _rereader;

    /// <summary>The open conversation; another one is another component.</summary>
    [Parameter, EditorRequired] public ConversationRow Row { get; set; } = default!;

    /// <summary>Who reads.</summary>
    [Parameter, EditorRequired] public Workspace Workspace { get; set; } = default!;

    /// <summary>The present (UTC).</summary>
    [Parameter] public DateTimeOffset Now { get; set; }

    [CascadingParameter] private Reader Reader { get; set; } = default!;

    /// <inheritdoc/>
    public void Dispose() => _watch?.Dispose();

    /// <inheritdoc/>
    protected override void OnInitialized()
    {
        // Heard from before it is read.
        if (RendererInfo.IsInteractive)
        {
            _watch = bus.Subscribe(Workspace.Actor.OrganizationId, ChangeEvent.Conversation(Row.Id), OnEventAsync, RefreshAsync);
        }
    }

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        if (clock.GetUtcNow() - _readAt > Again)
        {
            await AgainAsync();
        }
    }

    private ValueTask OnEventAsync(ChangeEvent change) =>
        change.Name is EventNames.VisitorChanged or EventNames.MessageCreated ? RefreshAsync() : ValueTask.CompletedTask;

    private ValueTask RefreshAsync() => new(InvokeAsync(AgainAsync));

    private Task AgainAsync() => (_rereader ??= new Rereader(LoadAsync)).AgainAsync();

    private async Task LoadAsync()
    {
        try
        {
            _readAt = clock.GetUtcNow();
            (_visitor, _error) = (await context.FindAsync(Workspace.Actor, Row.ChannelId, Row.ContactId, CancellationToken.None), null);
        }
        catch (Exception failure)
        {
            _error = Failures.Tell(logger, failure);
        }

        StateHasChanged();
    }

    private string Presence(WidgetContextView visitor)
    {
        var now = clock.GetUtcNow();
        if (visitor.IsHere(now))
        {
            return "Here now. Replies appear in the chat at once.";
        }

        var left = $"Left {Reader.Ago(visitor.LastSeenAt, now)}.";
        return (visitor.Email, visitor.CanMail) switch
        {
            (null, _) => $"{left} No e-mail address is known, so replies wait until they come back.",
            (_, false) => $"{left} Replies cannot be mailed, because no mail server is set up. They wait until the visitor comes back.",
            _ => $"{left} Replies go to {visitor.Email} too.",
        };
    }

    private static IEnumerable<(string Name, string Value)> Facts(WidgetContextView visitor)
    {
        (string Name, string? Value)[] known =
        [
            ("E-mail", visitor.Email), ("Came from", visitor.Referrer), ("Browser", visitor.Browser), ("Language", visitor.Language), ("Time zone", visitor.TimeZone),
            ("Site’s id", visitor.Identifier is { } id ? $"{id} (proved)" : null),
        ];
        return known.Where(f => f.Value is not null).Select(f => (f.Name, f.Value!)).Concat(visitor.Attributes.Select(a => (a.Key, a.Value)));
    }
}
