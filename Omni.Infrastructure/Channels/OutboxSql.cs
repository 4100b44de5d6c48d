namespace Omni.Infrastructure.Channels;

/// <summary>SQL that keeps the heads of the outbox right. The caller holds the locks of the conversations concerned.</summary>
internal static class OutboxSql
{
    /// <summary>Makes the first waiting entry of each conversation its head, unless it has one: an older message that is sent again waits for the one that is under way.</summary>
    /// <param name="conversations">A query that gives the conversations' ids.</param>
    internal static string PromoteHeads(string conversations) => $"""
        update outbox o set is_head = true where o.organization_id = $1 and not o.is_head
          and (o.conversation_id, o.seq) in (select n.conversation_id, min(n.seq) from outbox n where n.organization_id = $1 and n.conversation_id in ({conversations})
            group by n.conversation_id having not bool_or(n.is_head))
        """;
}
