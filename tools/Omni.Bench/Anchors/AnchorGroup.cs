using System.Threading.Channels;
using Npgsql;
using NpgsqlTypes;

namespace Omni.Bench.Anchors;

/// <summary>Group commit: whatever arrived while the last commit was under way goes into the next; nobody is answered before it.</summary>
internal sealed class AnchorGroup
{
    private const int MostPerCommit = 256;

    private readonly Channel<AnchorItem> _waiting = Channel.CreateBounded<AnchorItem>(20_000);

    /// <summary>Starts one writer.</summary>
    /// <param name="source">The database.</param>
    /// <param name="isWhole">True for whole messages, false for the delivery alone.</param>
    internal AnchorGroup(NpgsqlDataSource source, bool isWhole) => _ = Task.Run(() => WriteAsync(source, isWhole));

    /// <summary>Stores an item; returns after the commit.</summary>
    internal async Task AddAsync(AnchorItem item)
    {
        await _waiting.Writer.WriteAsync(item);
        await item.Stored.Task;
    }

    private async Task WriteAsync(NpgsqlDataSource source, bool isWhole)
    {
        var group = new List<AnchorItem>();
        while (await _waiting.Reader.WaitToReadAsync())
        {
            group.Clear();
            while (group.Count < MostPerCommit && _waiting.Reader.TryRead(out var item))
            {
                group.Add(item);
            }

            try
            {
                await StoreAsync(source, isWhole, group);
                group.ForEach(i => i.Stored.TrySetResult());
            }
            catch (NpgsqlException failure)
            {
                group.ForEach(i => i.Stored.TrySetException(failure));
            }
        }
    }

    private static async Task StoreAsync(NpgsqlDataSource source, bool isWhole, List<AnchorItem> group)
    {
        await using var command = source.CreateCommand(isWhole
            ? "select apply($1, $2, $3, $4, $5)"
            : "insert into delivery (number, external_id, body) select * from unnest($1, $2, $3) on conflict do nothing");
        Add(command, group, i => i.Number);
        Add(command, group, i => i.Id);
        if (isWhole)
        {
            Add(command, group, i => i.From);
            Add(command, group, i => i.Text);
        }

        Add(command, group, i => i.Body);
        await command.ExecuteNonQueryAsync();
    }

    private static void Add(NpgsqlCommand command, List<AnchorItem> group, Func<AnchorItem, string> value) =>
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. group.Select(value)], NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
}
