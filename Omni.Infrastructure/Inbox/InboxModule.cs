using Microsoft.Extensions.DependencyInjection;
using Omni.Core.Inbox;

namespace Omni.Infrastructure.Inbox;

/// <summary>Conversations, replies and what reads them.</summary>
public static class InboxModule
{
    /// <summary>Registers the inbox.</summary>
    public static IServiceCollection AddInbox(this IServiceCollection services)
    {
        services.AddSingleton<IInboxReader, InboxReader>();
        services.AddSingleton<IInboxMarks, InboxMarks>();
        services.AddSingleton<IInboxLive, InboxLive>();
        services.AddSingleton<ISnoozeWaker, SnoozeWaker>();
        services.AddSingleton<Presence>();
        services.AddSingleton<ReplyService>();
        services.AddSingleton<ConversationService>();
        services.AddSingleton<ReadingService>();
        services.AddSingleton<TimelineService>();
        services.AddSingleton<LabelService>();
        return services;
    }
}
