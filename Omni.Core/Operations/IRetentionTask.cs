namespace Omni.Core.Operations;

/// <summary>Removes what is too old where deleting rows is not enough, such as files. Features register theirs; the hourly clean-up runs them all.</summary>
public interface IRetentionTask
{
    /// <summary>What is removed, for the log: <c>orphan files</c>.</summary>
    string Name { get; }

    /// <summary>Removes what is due, in small steps. May be called again at once when it failed half-way.</summary>
    /// <returns>How many things were removed.</returns>
    Task<long> RemoveAsync(CancellationToken ct);
}
