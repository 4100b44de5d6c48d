using Npgsql;
using Omni.Core.Channels;
using Omni.Core.Common;
using Omni.Core.Events;
using Omni.Core.Notifications;
using Omni.Core.Tenancy;

namespace Omni.Infrastructure.Notifications;

/// <summary>Decides from committed events who is told what. Doing the same events again changes nothing: a cause tells a person once.</summary>
internal sealed class NotificationProducer(NpgsqlDataSource source, NotificationStore store, TimeProvider clock)
{
    /// <summary>What happened longer ago, while nothing ran, is listed but neither rings nor goes out as a push.</summary>
    internal static readonly TimeSpan Fresh = TimeSpan.FromMinutes(10);

    /// <summary>Makes the notifications of some events, in order.</summary>
    internal async Task ProduceAsync(IReadOnlyList<ChangeEvent> events, CancellationToken ct)
    {
        foreach (var organization in events.GroupBy(e => e.OrganizationId))
        {
            var causes = new EventCauses();
            foreach (var change in organization)
            {
                causes.Take(change);
            }

            if (causes.Any)
            {
                await ProduceAsync(organization.Key, causes, ct);
            }
        }
    }

    private async Task ProduceAsync(Guid organizationId, EventCauses causes, CancellationToken ct)
    {
        var facts = await NotificationFacts.ReadAsync(source, organizationId, causes, ct);
        var now = clock.GetUtcNow();
        var told = new List<NewNotification>();

        void Tell(Guid userId, NewNotification wanted)
        {
            if (facts.Members.FirstOrDefault(m => m.UserId == userId) is { } member && member.Settings.Of(wanted.Kind) is { Any: true } ways)
            {
                var aloud = now - wanted.At < Fresh && !member.Settings.IsQuiet(now);
                told.Add(wanted with
                {
                    Id = OmniId.New(),
                    UserId = userId,
                    InApp = ways.InApp,
                    Sound = ways is { InApp: true, Sound: true } && aloud,
                    Push = ways.Push && aloud,
                    Email = ways.Email,
                });
            }
        }

        foreach (var message in facts.Messages)
        {
            var about = new NewNotification(causes.At(message.Id))
            {
                ConversationId = message.ConversationId, MessageId = message.Id, Seq = message.Seq, ActorId = message.IsIncoming ? null : message.AuthorId,
            };
            switch (message)
            {
                case { NewAssignee: { } assignee } when assignee != message.AuthorId:
                    Tell(assignee, about with { Kind = NotificationKind.Assigned, Cause = $"assigned:{message.Id}" });
                    break;
                case { IsIncoming: true, Assignee: { } owner }:
                    Tell(owner, about with { Kind = NotificationKind.Message, Cause = $"message:{message.Id}" });
                    break;
                case { HasFailed: true, AuthorId: { } author }:
                    Tell(author, about with { Kind = NotificationKind.Failed, Cause = $"failed:{message.Id}:{message.Attempts}", ActorId = null });
                    break;
            }

            foreach (var person in message.Mentioned.Where(p => p != message.AuthorId))
            {
                Tell(person, about with { Kind = NotificationKind.Mention, Cause = $"mention:{message.Id}" });
            }
        }

        foreach (var begun in facts.Begun.Where(b => b.Assignee is null))
        {
            var about = new NewNotification(causes.At(begun.Id))
            {
                Kind = NotificationKind.Unassigned, Cause = $"conversation:{begun.Id}", ConversationId = begun.Id, MessageId = begun.FirstMessageId, Seq = begun.FirstSeq,
            };
            foreach (var member in facts.Members.Where(m => m.Role >= MemberRole.Agent))
            {
                Tell(member.UserId, about);
            }
        }

        foreach (var channel in facts.Channels.Where(c => c.Status is ChannelStatus.NeedsReauth or ChannelStatus.Degraded))
        {
            var about = new NewNotification(causes.At(channel.Id))
            {
                Kind = NotificationKind.Channel, Cause = $"channel:{channel.Id}:{Names.Of(channel.Status)}", ChannelId = channel.Id,
            };
            foreach (var member in facts.Members.Where(m => m.Role >= MemberRole.Admin))
            {
                Tell(member.UserId, about);
            }
        }

        await store.AddAsync(organizationId, told, causes.Mended, ct);
    }
}
