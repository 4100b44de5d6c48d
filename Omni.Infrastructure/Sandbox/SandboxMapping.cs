using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Omni.Core.Channels;
using Omni.Core.Sandbox;

namespace Omni.Infrastructure.Sandbox;

internal sealed class SandboxEntryConfiguration : IEntityTypeConfiguration<SandboxEntry>
{
    public void Configure(EntityTypeBuilder<SandboxEntry> entry)
    {
        entry.ToTable("sandbox_entries");
        entry.Property(e => e.Headers).HasColumnType("jsonb");
        entry.Property(e => e.Choices).HasColumnType("jsonb");
        entry.HasIndex(e => new { e.OrganizationId, e.ChannelId, e.Id });
        entry.HasIndex(e => e.At);
        entry.HasOne<Channel>().WithMany().HasForeignKey(e => new { e.OrganizationId, e.ChannelId }).OnDelete(DeleteBehavior.Cascade);
    }
}
