using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Omni.Core.Inbox;
using Omni.Core.Media;

namespace Omni.Infrastructure.Inbox;

internal sealed class MessageConfiguration : IEntityTypeConfiguration<Message>
{
    public void Configure(EntityTypeBuilder<Message> message)
    {
        message.ToTable("messages");
        message.Property(m => m.Payload).HasColumnType("jsonb");
        message.HasIndex(m => new { m.OrganizationId, m.ChannelId, m.ExternalId }).IsUnique().HasDatabaseName("ux_messages_external");
        message.HasIndex(m => new { m.OrganizationId, m.ClientId }).IsUnique().HasFilter("client_id is not null").HasDatabaseName("ux_messages_client");
        message.HasIndex(m => new { m.OrganizationId, m.ConversationId, m.Seq }).IsUnique().HasDatabaseName("ux_messages_seq");
        message.HasIndex(m => new { m.OrganizationId, m.ConversationId, m.Position, m.Seq })
            .IsDescending(false, false, true, true).HasDatabaseName("ix_messages_position");
        message.HasOne<Conversation>().WithMany().HasForeignKey(m => new { m.OrganizationId, m.ConversationId }).OnDelete(DeleteBehavior.Restrict);
    }
}

internal sealed class AttachmentConfiguration : IEntityTypeConfiguration<Attachment>
{
    public void Configure(EntityTypeBuilder<Attachment> attachment)
    {
        attachment.ToTable("attachments");
        attachment.Property(a => a.Payload).HasColumnType("jsonb");
        attachment.HasIndex(a => new { a.OrganizationId, a.MessageId });
        attachment.HasIndex(a => a.BlobKey).HasFilter("blob_key is not null");
        attachment.HasIndex(a => a.ThumbnailKey).HasFilter("thumbnail_key is not null");
        attachment.HasIndex(a => a.CreatedAt).HasFilter("message_id is null").HasDatabaseName("ix_attachments_unsent");
        attachment.HasIndex(a => a.NextAt).HasFilter("state = 'pending'").HasDatabaseName("ix_attachments_pending");
        attachment.HasOne<Message>().WithMany().HasForeignKey(a => new { a.OrganizationId, a.MessageId }).OnDelete(DeleteBehavior.Restrict);
    }
}

internal sealed class ReactionConfiguration : IEntityTypeConfiguration<Reaction>
{
    public void Configure(EntityTypeBuilder<Reaction> reaction)
    {
        reaction.ToTable("reactions");
        reaction.HasKey(r => new { r.OrganizationId, r.MessageId, r.Reactor });
        reaction.HasOne<Message>().WithMany().HasForeignKey(r => new { r.OrganizationId, r.MessageId }).OnDelete(DeleteBehavior.Cascade);
    }
}

internal sealed class MessageAttemptConfiguration : IEntityTypeConfiguration<MessageAttempt>
{
    public void Configure(EntityTypeBuilder<MessageAttempt> attempt)
    {
        attempt.ToTable("message_attempts");
        attempt.HasIndex(a => new { a.OrganizationId, a.MessageId, a.Number }).IsUnique();
        attempt.HasOne<Message>().WithMany().HasForeignKey(a => new { a.OrganizationId, a.MessageId }).OnDelete(DeleteBehavior.Cascade);
    }
}

internal sealed class PendingUpdateConfiguration : IEntityTypeConfiguration<PendingUpdate>
{
    public void Configure(EntityTypeBuilder<PendingUpdate> update)
    {
        update.ToTable("pending_updates");
        update.Property(u => u.Event).HasColumnType("jsonb");
        update.HasIndex(u => new { u.OrganizationId, u.ChannelId, u.ExternalId });
        update.HasIndex(u => u.ReceivedAt);
    }
}

internal sealed class OutboxConfiguration : IEntityTypeConfiguration<OutboxEntry>
{
    public void Configure(EntityTypeBuilder<OutboxEntry> entry)
    {
        entry.ToTable("outbox");
        entry.HasKey(e => new { e.OrganizationId, e.MessageId });
        entry.HasIndex(e => new { e.OrganizationId, e.ConversationId, e.Seq });
        entry.HasIndex(e => new { e.OrganizationId, e.ChannelId });
        entry.HasIndex(e => new { e.Priority, e.NotBefore }).HasFilter("is_head").HasDatabaseName("ix_outbox_heads");
        entry.HasOne<Message>().WithMany().HasForeignKey(e => new { e.OrganizationId, e.MessageId }).OnDelete(DeleteBehavior.Restrict);
    }
}
