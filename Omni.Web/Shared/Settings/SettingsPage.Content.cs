using Microsoft.AspNetCore.Components;
using Omni.Core.Common;
using Omni.Core.Identity;

namespace Omni.Web.Shared.Settings;

/// <summary>A page of the settings whose content is read once: what the prerender has read is handed to the circuit.</summary>
/// <typeparam name="TContent">What the page shows. Travels as JSON: views of rows, never the rows themselves.</typeparam>
public abstract class SettingsPage<TContent> : SettingsPage
    where TContent : class
{
    /// <summary>What the prerender has read.</summary>
    [PersistentState] public TContent? Known { get; set; }

    /// <summary>What the page shows; null until it was read.</summary>
    protected TContent? Content { get; private set; }

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        if (Known is { } known)
        {
            Known = null;
            Show(known);
            ShowKnown();
            return;
        }

        await ReadAsync();
        if (!RendererInfo.IsInteractive && LoadFailure is null)
        {
            Known = Content;
        }
    }

    /// <summary>Reads the content.</summary>
    protected abstract Task<Result<TContent>> FetchAsync(Actor actor);

    /// <summary>Puts content on the page; forms take their first values here.</summary>
    protected virtual void Show(TContent content) => Content = content;

    /// <inheritdoc/>
    protected sealed override async Task<Refusal?> LoadAsync(Actor actor)
    {
        if ((await FetchAsync(actor)).Succeeded(out var content, out var refusal))
        {
            Show(content);
        }

        return refusal;
    }
}
