using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Omni.Core.Events;

namespace Omni.Infrastructure.Events;

/// <summary>A stored change event. The feed reads by transaction id below the oldest one still running, so that it never skips a row that commits late.</summary>
internal sealed class ChangeEventRow
{
    public ulong Xid { get; init; }

    public Guid Id { get; init; }

    public Guid OrganizationId { get; init; }

    public string Subject { get; init; } = "";

    public string Name { get; init; } = "";

    public string Data { get; init; } = "{}";

    public DateTimeOffset At { get; init; }

    internal static ChangeEventRow From(ChangeEvent change) => new()
    {
        Id = change.Id,
        OrganizationId = change.OrganizationId,
        Subject = change.Subject,
        Name = change.Name,
        Data = change.Data.ToJsonString(),
        At = change.At,
    };

    internal ChangeEvent ToEvent() => new(OrganizationId, Subject, Name, (JsonObject)JsonNode.Parse(Data)!, At) { Id = Id };
}

internal sealed class ChangeEventRowConfiguration : IEntityTypeConfiguration<ChangeEventRow>
{
    public void Configure(EntityTypeBuilder<ChangeEventRow> row)
    {
        row.ToTable("change_events");
        row.HasKey(e => new { e.Xid, e.Id });
        row.Property(e => e.Xid).HasColumnType("xid8").HasDefaultValueSql("pg_current_xact_id()").ValueGeneratedOnAdd();
        row.Property(e => e.Data).HasColumnType("jsonb");
        row.HasIndex(e => e.At);
        row.HasIndex(e => new { e.OrganizationId, e.Xid, e.Id });
    }
}
