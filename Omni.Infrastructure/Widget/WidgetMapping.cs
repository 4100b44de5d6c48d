using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Omni.Core.Channels;
using Omni.Core.Widget;

namespace Omni.Infrastructure.Widget;

internal sealed class WidgetVisitorConfiguration : IEntityTypeConfiguration<WidgetVisitor>
{
    public void Configure(EntityTypeBuilder<WidgetVisitor> visitor)
    {
        visitor.ToTable("widget_visitors");
        visitor.Property(v => v.ExternalId).HasMaxLength(300);
        visitor.Property(v => v.Attributes).HasColumnType("jsonb");
        visitor.HasIndex(v => new { v.OrganizationId, v.ChannelId, v.TokenHash }).IsUnique();
        visitor.HasIndex(v => new { v.OrganizationId, v.ChannelId, v.ExternalId });
        visitor.HasIndex(v => v.LastSeenAt).HasFilter("wrote_at is null").HasDatabaseName("ix_widget_visitors_abandoned");
        visitor.HasOne<Channel>().WithMany().HasForeignKey(v => new { v.OrganizationId, v.ChannelId }).OnDelete(DeleteBehavior.Restrict);
    }
}

internal sealed class WidgetLetterConfiguration : IEntityTypeConfiguration<WidgetLetter>
{
    public void Configure(EntityTypeBuilder<WidgetLetter> letter)
    {
        letter.ToTable("widget_letters");
        letter.Property(l => l.Email).HasMaxLength(254);
        letter.HasIndex(l => new { l.OrganizationId, l.MessageId }).IsUnique().HasFilter("message_id is not null");
        letter.HasIndex(l => l.DueAt).HasFilter("settled_at is null").HasDatabaseName("ix_widget_letters_waiting");
        letter.HasIndex(l => new { l.OrganizationId, l.VisitorId });
        letter.HasOne<WidgetVisitor>().WithMany().HasForeignKey(l => new { l.OrganizationId, l.VisitorId }).OnDelete(DeleteBehavior.Cascade);
    }
}
