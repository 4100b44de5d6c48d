using Microsoft.EntityFrameworkCore;
using Omni.Core.Common;
using Omni.Core.Identity;
using Omni.Core.Tenancy;

namespace Omni.Core.Inbox;

/// <summary>The organization's labels.</summary>
public sealed class LabelService(IOmniDbFactory dbs)
{
    /// <summary>Labels an organization may have.</summary>
    public const int MostLabels = 500;

    /// <summary>Longest name, in characters.</summary>
    public const int MaxNameLength = 60;

    /// <summary>All labels by name.</summary>
    public async Task<Result<IReadOnlyList<LabelView>>> ListAsync(Actor actor, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(actor);
        await using var db = await dbs.OpenAsync(actor.OrganizationId, ct);
        return await db.Set<Label>().OrderBy(l => l.NameKey).Select(l => new LabelView(l.Id, l.Name, l.Hue)).ToArrayAsync(ct);
    }

    /// <summary>Makes a label.</summary>
    /// <param name="actor">Who makes it.</param>
    /// <param name="name">The word; unique without regard to case.</param>
    /// <param name="hue">One of the six colours, 1–6.</param>
    /// <param name="ct">Stops waiting.</param>
    public Task<Result<LabelView>> CreateAsync(Actor actor, string? name, int hue, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(actor);
        return SaveAsync(actor, name, hue, async db =>
        {
            if (await db.Set<Label>().CountAsync(ct) >= MostLabels)
            {
                return new Refusal.Conflict($"An organization has at most {MostLabels} labels.");
            }

            var label = new Label(actor.OrganizationId, name!.Trim(), hue);
            db.Set<Label>().Add(label);
            return label;
        }, ct);
    }

    /// <summary>Renames or recolours a label; what is null stays.</summary>
    public Task<Result<LabelView>> ChangeAsync(Actor actor, Guid id, string? name, int? hue, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(actor);
        return SaveAsync(actor, name ?? "unchanged", hue ?? 1, async db =>
        {
            if (await db.LockAsync<Label>(id, ct) is not { } label)
            {
                return new Refusal.NotFound("The label");
            }

            label.Name = name?.Trim() ?? label.Name;
            label.Hue = hue ?? label.Hue;
            return label;
        }, ct);
    }

    /// <summary>Removes a label from everything and forgets it.</summary>
    public async Task<Result<Done>> DeleteAsync(Actor actor, Guid id, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(actor);
        if (!actor.Is(MemberRole.Admin))
        {
            return new Refusal.Forbidden();
        }

        await using var db = await dbs.OpenAsync(actor.OrganizationId, ct);
        if (await db.LockAsync<Label>(id, ct) is not { } label)
        {
            return new Refusal.NotFound("The label");
        }

        db.Set<Label>().Remove(label);
        await db.CommitAsync(ct);
        return default(Done);
    }

    private async Task<Result<LabelView>> SaveAsync(Actor actor, string? name, int hue, Func<IOmniDb, Task<Result<Label>>> change, CancellationToken ct)
    {
        if (!actor.Is(MemberRole.Agent))
        {
            return new Refusal.Forbidden();
        }

        if (string.IsNullOrWhiteSpace(name) || name.Trim().Length > MaxNameLength)
        {
            return new Refusal.Invalid("name", $"A label has 1 to {MaxNameLength} characters.");
        }

        if (hue is < 1 or > 6)
        {
            return new Refusal.Invalid("hue", "A number from 1 to 6 is expected.");
        }

        await using var db = await dbs.OpenAsync(actor.OrganizationId, ct);
        if (!(await change(db)).Succeeded(out var label, out var refusal))
        {
            return refusal;
        }

        try
        {
            await db.CommitAsync(ct);
        }
        catch (DbUpdateException failure) when (failure.IsDuplicate())
        {
            return new Refusal.Conflict("There is already a label with this name.");
        }

        return new LabelView(label.Id, label.Name, label.Hue);
    }
}
