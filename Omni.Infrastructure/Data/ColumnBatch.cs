using Npgsql;

namespace Omni.Infrastructure.Data;

/// <summary>
/// Adds statements whose parameters are whole columns: $1 the organization, then one array per column. Types come from the values'
/// own types, never from what the values are, so that a statement is prepared once per connection.
/// </summary>
internal readonly struct ColumnBatch(NpgsqlBatch batch, Guid organizationId)
{
    /// <summary>Adds a statement, unless there are no rows.</summary>
    internal ColumnCommand<T> Add<T>(IReadOnlyList<T> rows, string sql)
    {
        if (rows.Count == 0)
        {
            return default;
        }

        var command = new NpgsqlBatchCommand(sql);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = organizationId });
        batch.BatchCommands.Add(command);
        return new ColumnCommand<T>(rows, command);
    }
}

/// <summary>A statement that gets its columns; nothing when there are no rows.</summary>
internal readonly struct ColumnCommand<T>(IReadOnlyList<T> rows, NpgsqlBatchCommand? command)
{
    /// <summary>The next parameter: one value of each row.</summary>
    internal ColumnCommand<T> With<TValue>(Func<T, TValue> value)
    {
        if (command is not null)
        {
            var column = new TValue[rows.Count];
            for (var i = 0; i < column.Length; i++)
            {
                column[i] = value(rows[i]);
            }

            command.Parameters.Add(new NpgsqlParameter<TValue[]> { TypedValue = column });
        }

        return this;
    }

    /// <summary>The next parameter: one value for all rows.</summary>
    internal ColumnCommand<T> WithOne<TValue>(TValue value)
    {
        command?.Parameters.Add(new NpgsqlParameter<TValue> { TypedValue = value });
        return this;
    }
}
