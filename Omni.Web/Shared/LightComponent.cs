using Microsoft.AspNetCore.Components;

namespace Omni.Web.Shared;

/// <summary>A component that draws itself once per event, as any other, but not again when a handler merely hands the event to its parent: the parent draws it if something changed.</summary>
public abstract class LightComponent : ComponentBase, IHandleEvent
{
    Task IHandleEvent.HandleEventAsync(EventCallbackWorkItem item, object? arg) => item.InvokeAsync(arg);
}
