using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Npgsql;
using NpgsqlTypes;
using Omni.Core.Common;
using Omni.Core.Operations;
using Omni.Infrastructure.Data;

namespace Omni.Infrastructure.Operations;

internal sealed class IdempotencyKeyConfiguration : IEntityTypeConfiguration<IdempotencyKey>
{
    public void Configure(EntityTypeBuilder<IdempotencyKey> key)
    {
        key.ToTable("idempotency_keys");
        key.HasKey(k => new { k.OrganizationId, k.Key });
        key.Property(k => k.Key).HasMaxLength(200);
        key.HasIndex(k => k.CreatedAt);
    }
}

/// <summary>Keeps answers in the database: one insert decides which of several nodes carries a call out.</summary>
internal sealed class IdempotencyKeys(NpgsqlDataSource source, TimeProvider clock) : IIdempotencyKeys
{
    /// <summary>How long an answer is repeated.</summary>
    internal static readonly TimeSpan Kept = TimeSpan.FromHours(24);

    /// <summary>A claim without an answer for so long belongs to a node that crashed; the next call takes over.</summary>
    internal static readonly TimeSpan Abandoned = TimeSpan.FromMinutes(2);

    public async Task<IdempotencyClaim> ClaimAsync(Guid organizationId, string key, byte[] requestHash, CancellationToken ct)
    {
        var owner = OmniId.New();
        var now = clock.GetUtcNow();
        await using var batch = source.CreateBatch();
        batch.BatchCommands.Add(Walls.As(organizationId));
        batch.BatchCommands.Add(new NpgsqlBatchCommand("""
            insert into idempotency_keys as k (organization_id, key, request_hash, owner, created_at) values ($1, $2, $3, $4, $5)
            on conflict (organization_id, key) do update
              set request_hash = excluded.request_hash, owner = excluded.owner, created_at = excluded.created_at, status = null, content_type = null, body = null
              where k.created_at < $6 or (k.status is null and k.created_at < $7 and k.request_hash = excluded.request_hash)
            """)
        {
            Parameters =
            {
                new() { Value = organizationId }, new() { Value = key }, new() { Value = requestHash }, new() { Value = owner },
                new() { Value = now }, new() { Value = now - Kept }, new() { Value = now - Abandoned },
            },
        });
        batch.BatchCommands.Add(new NpgsqlBatchCommand("select owner, request_hash, status, content_type, body from idempotency_keys where organization_id = $1 and key = $2")
        {
            Parameters = { new() { Value = organizationId }, new() { Value = key } },
        });
        await using var reader = await batch.ExecuteReaderAsync(ct);
        await reader.NextResultAsync(ct);
        if (!await reader.ReadAsync(ct))
        {
            return new IdempotencyClaim.Running(); // the other call failed and gave the key back in this very moment
        }

        if (reader.GetGuid(0) == owner)
        {
            return new IdempotencyClaim.Claimed(owner);
        }

        if (!reader.GetFieldValue<byte[]>(1).AsSpan().SequenceEqual(requestHash))
        {
            return new IdempotencyClaim.OtherRequest();
        }

        return reader.IsDBNull(2)
            ? new IdempotencyClaim.Running()
            : new IdempotencyClaim.Answered(reader.GetInt32(2), reader.Text(3), reader.IsDBNull(4) ? [] : reader.GetFieldValue<byte[]>(4));
    }

    public Task CompleteAsync(Guid organizationId, string key, Guid owner, int status, string? contentType, byte[] body, CancellationToken ct) => RunAsync(
        organizationId,
        "update idempotency_keys set status = $4, content_type = $5, body = $6 where organization_id = $1 and key = $2 and owner = $3",
        [
            new() { Value = organizationId }, new() { Value = key }, new() { Value = owner }, new() { Value = status },
            new() { Value = (object?)contentType ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text }, new() { Value = body },
        ],
        ct);

    public Task ReleaseAsync(Guid organizationId, string key, Guid owner, CancellationToken ct) => RunAsync(
        organizationId,
        "delete from idempotency_keys where organization_id = $1 and key = $2 and owner = $3 and status is null",
        [new() { Value = organizationId }, new() { Value = key }, new() { Value = owner }],
        ct);

    private async Task RunAsync(Guid organizationId, string sql, NpgsqlParameter[] parameters, CancellationToken ct)
    {
        await using var batch = source.CreateBatch();
        batch.BatchCommands.Add(Walls.As(organizationId));
        var command = new NpgsqlBatchCommand(sql);
        command.Parameters.AddRange(parameters);
        batch.BatchCommands.Add(command);
        await batch.ExecuteNonQueryAsync(ct);
    }
}
