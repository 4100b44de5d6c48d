using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using Omni.Core.Channels;
using Omni.Core.Events;
using Omni.Core.Identity;
using Omni.Core.Inbox;
using Omni.Core.Tenancy;
using Omni.Web.Inbox;
using Omni.Web.Inbox.Drawing;
using Omni.Web.Shared;

namespace Omni.Tests.Inbox;

/// <summary>Components of the inbox over an inbox in memory, in a circuit as far as they can tell.</summary>
public abstract class InboxComponentTest : BunitContext
{
    private protected FakeInbox Inbox { get; } = new(TimeProvider.System);

    private protected DateTimeOffset Now { get; } = TimeProvider.System.GetUtcNow();

    protected InboxComponentTest()
    {
        JSInterop.Mode = JSRuntimeMode.Loose;
        Services.AddSingleton(TimeProvider.System).AddSingleton<Presence>().AddScoped<Workspace>();
        Services.AddSingleton<IInboxReader>(Inbox).AddSingleton<IInboxLive>(Inbox).AddSingleton<IInboxMarks>(Inbox).AddSingleton<IInboxDirectory>(Inbox);
        Services.AddSingleton<IInboxActions>(Inbox).AddSingleton<IEventBus>(Inbox).AddSingleton<ICurrentActor>(Inbox).AddSingleton<IChannelAdapters>(Inbox).AddSingleton<IFirstSteps>(Inbox).AddSingleton<IOutboundSignals>(Inbox).AddSingleton<ReadingService>();
        Services.AddSingleton<Handover>().AddSingleton<SharedViews>();
        SetRendererInfo(new RendererInfo("Server", isInteractive: true));
        Inbox.Directory = SampleInbox.Shop(TimeProvider.System, more: 0).Directory;
    }

    /// <summary>The page at an address, as the router would show it.</summary>
    private protected IRenderedComponent<IComponent> Open(string path)
    {
        var navigation = Services.GetRequiredService<NavigationManager>();
        navigation.NavigateTo(path);
        return Render(builder =>
        {
            builder.OpenComponent<CascadingValue<Reader>>(0);
            builder.AddAttribute(1, "Value", Reader.In("Europe/Oslo"));
            builder.AddAttribute(2, "ChildContent", (RenderFragment)(inner =>
            {
                inner.OpenComponent<Microsoft.AspNetCore.Components.Routing.Router>(0);
                inner.AddAttribute(1, "AppAssembly", typeof(InboxPage).Assembly);
                inner.AddAttribute(2, "Found", (RenderFragment<RouteData>)(route => view =>
                {
                    view.OpenComponent<RouteView>(0);
                    view.AddAttribute(1, "RouteData", route);
                    view.CloseComponent();
                }));
                inner.CloseComponent();
            }));
            builder.CloseComponent();
        });
    }

    private protected ConversationRow Put(string name, int minutesAgo, int lastRead = int.MaxValue, Func<ConversationRow, ConversationRow>? with = null)
    {
        var row = SampleInbox.Row(Inbox, name, Now) with { LastActivityAt = Now.AddMinutes(-minutesAgo), LastInboundAt = Now.AddMinutes(-minutesAgo) };
        row = with is null ? row : with(row);
        Inbox.Put(row, lastRead);
        return row;
    }

    /// <summary>Presses a button of drawn markup, as the browser does (menu.js): what it asks for is told to whoever drew it.</summary>
    private protected static Task PressAsync(IRenderedComponent<IComponent> page, string selector)
    {
        var button = page.Find(selector);
        var listener = button.Closest(".conv__head, .bar, omni-timeline") ?? throw new InvalidOperationException("Nobody listens.");
        return listener.TriggerEventAsync("onomniact", new ActEventArgs { Act = button.GetAttribute("data-act") ?? "", Value = button.GetAttribute("data-value") ?? "" });
    }

    private protected static string[] Names(IRenderedComponent<IComponent> page) => [.. page.FindAll(".row__name").Select(n => n.TextContent)];
}
