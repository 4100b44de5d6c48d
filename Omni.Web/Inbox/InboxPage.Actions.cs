using Omni.Core.Inbox;

namespace Omni.Web.Inbox;

public sealed partial class InboxPage
{
    /// <summary>A line at the bottom about what was done, with the way back.</summary>
    /// <param name="Words">What was done.</param>
    /// <param name="Undo">What brings each conversation back; empty when nothing can.</param>
    private sealed record Toast(string Words, IReadOnlyList<(Guid Id, ConversationPatch Patch)> Undo);

    private async Task PatchAsync(Guid id, ConversationPatch patch)
    {
        var before = _feed.Find(id)?.Row ?? (_open?.Row.Id == id ? _open.Row : null);
        var outcome = await actions.PatchAsync(workspace.Actor, id, patch, _ended.Token);
        if (outcome.Refusal is { } refusal)
        {
            _toast = new Toast(refusal.Message, []);
            return;
        }

        _countsStale = true;
        _toast = before is null || Words(patch, 1) is not { } words ? null : new Toast(words, [(id, Back(before, patch))]);
        if (before is not null)
        {
            Leave([id], before, patch);
        }
    }

    private async Task BulkAsync(ConversationPatch patch)
    {
        var rows = _selected.Select(id => _feed.Find(id)?.Row).OfType<ConversationRow>().ToList();
        var outcome = await actions.PatchManyAsync(workspace.Actor, [.. _selected], patch, _ended.Token);
        if (!outcome.Succeeded(out var results, out var refusal))
        {
            _toast = new Toast(refusal.Message, []);
            return;
        }

        var done = rows.Where(r => results.GetValueOrDefault(r.Id) is null).ToList();
        var failed = results.Values.FirstOrDefault(r => r is not null);
        var words = Words(patch, done.Count) ?? $"Changed {done.Count}";
        _toast = new Toast(failed is null ? words : $"{words}. {results.Count - done.Count} not: {failed}", [.. done.Select(r => (r.Id, Back(r, patch)))]);
        _countsStale = true;
        _selected.Clear();
        if (done.Count > 0)
        {
            Leave([.. done.Select(r => r.Id)], done[0], patch);
        }
    }

    private async Task UndoAsync()
    {
        var undo = _toast?.Undo ?? [];
        _toast = null;
        foreach (var (id, patch) in undo)
        {
            var outcome = await actions.PatchAsync(workspace.Actor, id, patch, _ended.Token);
            if (outcome.Refusal is { } refusal)
            {
                _toast = new Toast(refusal.Message, []);
            }
        }
    }

    /// <summary>Conversations that no longer belong here leave at once, and the next one opens: acting on one leads to the next.</summary>
    private void Leave(IReadOnlyList<Guid> ids, ConversationRow before, ConversationPatch patch)
    {
        var status = patch.Status ?? (patch.SnoozedUntil is null ? before.Status : ConversationStatus.Snoozed);
        var after = before with
        {
            Status = status,
            AssigneeId = patch.AssigneeId is { } person ? person == Guid.Empty ? null : person : before.AssigneeId,
            WaitingSince = status is ConversationStatus.Resolved or ConversationStatus.Spam ? null : before.WaitingSince,
        };
        if (_query!.Search is not null || _feed.Belongs(after, int.MinValue))
        {
            return;
        }

        var open = _address.Conversation is { } id && ids.Contains(id) ? id : (Guid?)null;
        // Reassigning is not finishing: the reader may want to go on in it.
        var next = open is { } leaving && status != before.Status ? _feed.Next(leaving) : null;
        foreach (var gone in ids)
        {
            _feed.Remove(gone);
        }

        if (open is not null && status != before.Status)
        {
            navigation.NavigateTo((_address with { Conversation = next is { } to && !ids.Contains(to) ? to : null }).Href);
        }
    }

    private static string? Words(ConversationPatch patch, int count)
    {
        var what = count == 1 ? "" : $" {count} conversations";
        return patch switch
        {
            { Status: ConversationStatus.Resolved } => $"Resolved{what}",
            { Status: ConversationStatus.Open } => $"Reopened{what}",
            { Status: ConversationStatus.Pending } => $"Waiting for the customer{what}",
            { Status: ConversationStatus.Spam } => $"Marked as spam{what}",
            { SnoozedUntil: not null } => $"Snoozed{what}",
            { AssigneeId: not null } => $"Assigned{what}",
            { Priority: { } priority } => $"Priority {priority}{what}",
            _ => null,
        };
    }

    private static ConversationPatch Back(ConversationRow before, ConversationPatch patch) => new()
    {
        Status = patch.Status is null && patch.SnoozedUntil is null ? null : before.Status,
        SnoozedUntil = before.Status == ConversationStatus.Snoozed && (patch.Status is not null || patch.SnoozedUntil is not null) ? before.SnoozedUntil : null,
        AssigneeId = patch.AssigneeId is null ? null : before.AssigneeId ?? Guid.Empty,
        Priority = patch.Priority is null ? null : before.Priority,
        Labels = patch.Labels is null ? null : [.. before.Labels.Select(l => l.Id)],
    };
}
