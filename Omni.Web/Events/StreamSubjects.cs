using Omni.Core.Common;
using Omni.Core.Events;
using Omni.Core.Identity;
using Omni.Core.Inbox;

namespace Omni.Web.Events;

/// <summary>What one stream wants to hear, after it was checked that it may.</summary>
/// <param name="Names">Subjects as events carry them.</param>
internal sealed record StreamSubjects(IReadOnlySet<string> Names)
{
    private const int Most = 50;
    private const string ConversationPrefix = "conversation:";

    /// <summary>Reads <c>subjects=conversation:{id},user:me</c>; the organization's common events when missing.</summary>
    /// <returns>The subjects, or which one is wrong or does not exist.</returns>
    internal static async Task<Result<StreamSubjects>> ReadAsync(Actor actor, string? text, IInboxReader reader, CancellationToken ct)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        var conversations = new HashSet<Guid>();
        var parts = (text ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (parts.Length > Most)
        {
            return new Refusal.Invalid("subjects", $"At most {Most} subjects fit one stream.");
        }

        foreach (var part in parts.DefaultIfEmpty(ChangeEvent.Organization))
        {
            if (part == ChangeEvent.Organization)
            {
                names.Add(part);
            }
            else if (part == "user:me" || part == ChangeEvent.User(actor.UserId))
            {
                names.Add(ChangeEvent.User(actor.UserId));
            }
            else if (part.StartsWith(ConversationPrefix, StringComparison.Ordinal) && Guid.TryParse(part.AsSpan(ConversationPrefix.Length), out var id))
            {
                conversations.Add(id);
                names.Add(ChangeEvent.Conversation(id));
            }
            else if (part.StartsWith("user:", StringComparison.Ordinal))
            {
                return new Refusal.NotFound($"The subject {part}");
            }
            else
            {
                return new Refusal.Invalid("subjects", "organization, conversation:{id} and user:me are expected, with commas between them.");
            }
        }

        if (conversations.Count > 0 && (await reader.RowsAsync(actor.OrganizationId, conversations, ct)).Count < conversations.Count)
        {
            return new Refusal.NotFound("The conversation");
        }

        return new StreamSubjects(names);
    }

    /// <summary>True when the stream hears the event. The organization's subject includes every conversation, but not who types in it.</summary>
    internal bool Include(ChangeEvent change) => change.Name != EventNames.SessionEnded
        && (Names.Contains(change.Subject)
            || (Names.Contains(ChangeEvent.Organization) && change.Subject.StartsWith(ConversationPrefix, StringComparison.Ordinal) && !EventNames.IsFleeting(change.Name)));
}
