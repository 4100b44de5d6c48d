using System.Text;
using Npgsql;
using Omni.Infrastructure.Data;

namespace Omni.Infrastructure.Identity.Secrets;

/// <summary>Where wrapped keys lie: an organization's in its own row, the installation's and Data Protection's in <c>data_keys</c>.</summary>
internal sealed class DataKeyStore(NpgsqlDataSource source)
{
    /// <summary>Name of the installation's own data key.</summary>
    internal const string Installation = "installation";

    /// <summary>What a wrapped key is bound to, so that it opens nowhere else.</summary>
    internal static byte[] PlaceOf(string name) => Encoding.UTF8.GetBytes($"omni data key|{name}");

    /// <summary>Name of an organization's key.</summary>
    internal static string NameOf(Guid organizationId) => organizationId == Guid.Empty ? Installation : $"organization {organizationId}";

    /// <summary>The wrapped key; <paramref name="made"/> is stored first when there is none yet, and the stored one wins when two nodes do so at once.</summary>
    internal Task<byte[]?> GetOrAddAsync(Guid organizationId, byte[] made, CancellationToken ct) => organizationId == Guid.Empty
        ? GetOrAddAsync(Installation, made, ct)
        : GetOrAddAsync(
            "update organizations set data_key = $2 where id = $1 and length(data_key) = 0", "select data_key from organizations where id = $1", organizationId, made, ct);

    /// <summary>The same for a key of the installation by its name.</summary>
    internal Task<byte[]?> GetOrAddAsync(string name, byte[] made, CancellationToken ct) => GetOrAddAsync(
        "insert into data_keys (name, wrapped) values ($1, $2) on conflict (name) do nothing", "select wrapped from data_keys where name = $1", name, made, ct);

    private async Task<byte[]?> GetOrAddAsync(string add, string get, object key, byte[] made, CancellationToken ct)
    {
        await using var batch = source.CreateBatch();
        batch.BatchCommands.Add(Walls.AsWorker());
        Add(batch, add, key, made);
        Add(batch, get, key);
        await using var reader = await batch.ExecuteReaderAsync(ct);
        await reader.NextResultAsync(ct); // the first result is the role's, inserts and updates have none
        return await reader.ReadAsync(ct) ? (byte[])reader.GetValue(0) : null;
    }

    /// <summary>Replaces every wrapped key by what <paramref name="change"/> makes of it, in one transaction that nobody can add a key to.</summary>
    /// <returns>How many were replaced.</returns>
    internal async Task<int> RewrapAsync(Func<string, byte[], byte[]> change, CancellationToken ct)
    {
        await using var connection = await source.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        var keys = new List<(bool Own, object Key, byte[] Wrapped)>();
        await using (var batch = new NpgsqlBatch(connection, transaction))
        {
            batch.BatchCommands.Add(Walls.AsWorker());
            Add(batch, "select id, data_key from organizations where length(data_key) > 0 order by id for update");
            Add(batch, "select name, wrapped from data_keys order by name for update");
            await using var reader = await batch.ExecuteReaderAsync(ct);
            do
            {
                while (await reader.ReadAsync(ct) && reader.FieldCount == 2 && reader.GetDataTypeName(1) == "bytea")
                {
                    keys.Add((reader.GetValue(0) is string, reader.GetValue(0), (byte[])reader.GetValue(1)));
                }
            }
            while (await reader.NextResultAsync(ct));
        }

        foreach (var (own, key, wrapped) in keys)
        {
            await using var update = new NpgsqlCommand(own ? "update data_keys set wrapped = $2 where name = $1" : "update organizations set data_key = $2 where id = $1", connection, transaction);
            update.Parameters.Add(new() { Value = key });
            update.Parameters.Add(new() { Value = change(own ? (string)key : NameOf((Guid)key), wrapped) });
            await update.ExecuteNonQueryAsync(ct);
        }

        await transaction.CommitAsync(ct);
        return keys.Count;
    }

    /// <summary>The Data Protection keys, wrapped. Data Protection asks without a task, rarely and at start.</summary>
    internal List<(string Name, byte[] Wrapped)> ReadAll(string prefix)
    {
        using var batch = source.CreateBatch();
        batch.BatchCommands.Add(Walls.AsWorker());
        Add(batch, "select name, wrapped from data_keys where name like $1 || '%' order by name", prefix);
        using var reader = batch.ExecuteReader();
        reader.NextResult();
        var found = new List<(string, byte[])>();
        while (reader.Read())
        {
            found.Add((reader.GetString(0), (byte[])reader.GetValue(1)));
        }

        return found;
    }

    /// <summary>Stores one Data Protection key.</summary>
    internal void Write(string name, byte[] wrapped)
    {
        using var batch = source.CreateBatch();
        batch.BatchCommands.Add(Walls.AsWorker());
        Add(batch, "insert into data_keys (name, wrapped) values ($1, $2) on conflict (name) do update set wrapped = excluded.wrapped", name, wrapped);
        batch.ExecuteNonQuery();
    }

    private static void Add(NpgsqlBatch batch, string sql, params object[] values)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var value in values)
        {
            command.Parameters.Add(new() { Value = value });
        }

        batch.BatchCommands.Add(command);
    }
}
