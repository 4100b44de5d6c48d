using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using Omni.Core.Inbox;
using Omni.Web.Shared.Api;

namespace Omni.Web.Inbox;

/// <summary>Labels of conversations and contacts.</summary>
[Route("api/v1/labels"), Tags("labels")]
public sealed class LabelsController(LabelService labels) : OmniController
{
    private const string MayRead = "conversations:read";
    private const string MayWrite = "conversations:write";

    /// <summary>Lists all labels by name.</summary>
    [HttpGet]
    [ProducesResponseType<Answer<IReadOnlyList<LabelView>>>(StatusCodes.Status200OK)]
    public Task<IActionResult> List(CancellationToken ct) => RunAsync(actor => labels.ListAsync(actor, ct), scope: MayRead);

    /// <summary>Makes a label.</summary>
    [HttpPost, Idempotent]
    [ProducesResponseType<Answer<LabelView>>(StatusCodes.Status201Created)]
    public Task<IActionResult> Create(NewLabel label, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(label);
        return RunAsync(actor => labels.CreateAsync(actor, label.Name, label.Hue, ct), status: StatusCodes.Status201Created, scope: MayWrite);
    }

    /// <summary>Renames or recolours a label.</summary>
    [HttpPatch("{id:guid}")]
    [ProducesResponseType<Answer<LabelView>>(StatusCodes.Status200OK)]
    public Task<IActionResult> Change(Guid id, LabelChange change, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(change);
        return RunAsync(actor => labels.ChangeAsync(actor, id, change.Name, change.Hue, ct), scope: MayWrite);
    }

    /// <summary>Removes a label from everything and forgets it.</summary>
    [HttpDelete("{id:guid}")]
    [ProducesResponseType<Acknowledged>(StatusCodes.Status200OK)]
    public Task<IActionResult> Delete(Guid id, CancellationToken ct) => RunAsync(actor => labels.DeleteAsync(actor, id, ct), scope: MayWrite);
}

/// <summary>A label to make.</summary>
/// <param name="Name">The word, 1–60 characters; unique without regard to case.</param>
/// <param name="Hue">One of the six colours, 1–6.</param>
public sealed record NewLabel([Required] string Name, int Hue = 1);

/// <summary>Changes to a label; what is missing stays.</summary>
/// <param name="Name">New word.</param>
/// <param name="Hue">New colour, 1–6.</param>
public sealed record LabelChange(string? Name = null, int? Hue = null);
