using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Components;
using Omni.Core.Events;
using Omni.Core.Notifications;
using Omni.Web.Inbox;
using Omni.Web.Shared;

namespace Omni.Web.Notifications;

/// <summary>How many things the reader has not seen, and the newest of them.</summary>
public sealed partial class NotificationBell(Workspace workspace, INotifications notifications, IEventBus bus, TimeProvider clock, ILogger<NotificationBell> logger) : IDisposable
{
    private const int PageSize = 20;

    private readonly CancellationTokenSource _ended = new();
    private IDisposable? _watch;
    private List<NotificationView>? _rows;
    private DateTimeOffset _now;
    private string? _next;
    private string? _error;
    private string? _ring;
    private bool _opened;
    private int _unread;

    [CascadingParameter] private Reader Reader { get; set; } = default!;

    private string Count => _unread >= INotifications.MostCounted ? "99+" : _unread.ToString(CultureInfo.InvariantCulture);

    private string Label => _unread == 0 ? "Notifications" : $"Notifications: {Count} unread";

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
        if (RendererInfo.IsInteractive)
        {
            _watch = bus.Subscribe(
                workspace.Actor.OrganizationId, ChangeEvent.User(workspace.Actor.UserId),
                change => new ValueTask(InvokeAsync(() => ApplyAsync(change))),
                () => new ValueTask(InvokeAsync(RefreshAsync)));
        }

        await RefreshAsync();
    }

    private static string Icon(NotificationKind kind) => kind switch
    {
        NotificationKind.Assigned => "user",
        NotificationKind.Message => "inbox",
        NotificationKind.Unassigned => "nobody",
        NotificationKind.Mention => "at",
        NotificationKind.Channel => "plug",
        NotificationKind.Failed => "error",
        _ => "bell",
    };

    private static string Tone(NotificationKind kind) => kind switch
    {
        NotificationKind.Failed => "bad",
        NotificationKind.Channel => "warn",
        NotificationKind.Mention => "note",
        _ => "usual",
    };

    private async Task ApplyAsync(ChangeEvent change)
    {
        if (change.Name == EventNames.NotificationCreated)
        {
            if (change.Data["sound"] is JsonValue sound && sound.TryGetValue(out bool rings) && rings)
            {
                _ring = change.Id.ToString();
            }

            await RefreshAsync();
        }
        else if (change.Name == EventNames.NotificationRead)
        {
            await RefreshAsync();
        }
    }

    private async Task RefreshAsync()
    {
        try
        {
            _unread = await notifications.CountAsync(workspace.Actor, _ended.Token);
        }
        catch (Exception failure) when (!_ended.IsCancellationRequested)
        {
            _error = Failures.Tell(logger, failure).Words;
        }

        if (_opened)
        {
            await LoadAsync();
        }

        if (!_ended.IsCancellationRequested)
        {
            StateHasChanged();
        }
    }

    private Task OpenAsync()
    {
        _opened = true;
        return LoadAsync();
    }

    private async Task LoadAsync()
    {
        _now = clock.GetUtcNow();
        var page = await ReadAsync(null, Math.Max(PageSize, Math.Min(_rows?.Count ?? 0, 200)));
        if (page is not null)
        {
            (_rows, _next) = ([.. page.Rows], page.NextCursor);
        }
    }

    private async Task MoreAsync()
    {
        if (_next is { } cursor && await ReadAsync(cursor, PageSize) is { } page)
        {
            _rows!.AddRange(page.Rows);
            _next = page.NextCursor;
        }
    }

    private async Task<Core.Common.Page<NotificationView>?> ReadAsync(string? cursor, int limit)
    {
        try
        {
            var answer = await notifications.ListAsync(workspace.Actor, unreadOnly: false, cursor, limit, _ended.Token);
            _error = answer.Refusal?.Message;
            return answer.Succeeded(out var page, out _) ? page : null;
        }
        catch (Exception failure) when (!_ended.IsCancellationRequested)
        {
            _error = Failures.Tell(logger, failure).Words;
            return null;
        }
    }

    private async Task SeenAsync(NotificationView row)
    {
        if (row.ReadAt is null)
        {
            await MarkAsync([row.Id]);
        }
    }

    private Task ReadAllAsync() => MarkAsync(null);

    private async Task MarkAsync(IReadOnlyCollection<Guid>? ids)
    {
        try
        {
            if ((await notifications.ReadAsync(workspace.Actor, ids, _ended.Token)).Succeeded(out var left, out var refusal))
            {
                _unread = left;
            }
            else
            {
                _error = refusal.Message;
            }

            await LoadAsync();
        }
        catch (Exception failure) when (!_ended.IsCancellationRequested)
        {
            _error = Failures.Tell(logger, failure).Words;
        }
    }
}
