namespace Omni.Infrastructure.Operations.Retention;

/// <summary>Which rows of a table are removed, and when. Each feature registers the rules of its tables as singletons.</summary>
/// <param name="Table">The table.</param>
/// <param name="Condition">SQL that is true for rows that may go; <c>$1</c> is now minus <paramref name="Kept"/>.</param>
/// <param name="Kept">How long they are kept.</param>
/// <param name="BatchSize">Rows of one transaction, 500–5000: few enough to hold the rows for far less than a second.</param>
internal sealed record RetentionRule(string Table, string Condition, TimeSpan Kept, int BatchSize = 2_000)
{
    /// <summary>Removes one batch and answers how many rows it had. Rows that somebody works on are left for the next time.</summary>
    internal string Sql { get; } = $"""
        with gone as (
          delete from {Table} where ctid = any (array(select ctid from {Table} where {Condition} limit {BatchSize} for update skip locked)) returning *
        )
        select count(*) from gone
        """;
}
