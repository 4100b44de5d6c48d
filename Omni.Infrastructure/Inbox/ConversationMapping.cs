using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Omni.Core.Channels;
using Omni.Core.Contacts;
using Omni.Core.Inbox;

namespace Omni.Infrastructure.Inbox;

internal sealed class ConversationConfiguration : IEntityTypeConfiguration<Conversation>
{
    public void Configure(EntityTypeBuilder<Conversation> conversation)
    {
        conversation.ToTable("conversations");
        conversation.Property(c => c.ThreadKey).HasMaxLength(300);
        conversation.Property(c => c.LastMessagePreview).HasMaxLength(300);
        conversation.Property(c => c.LastInPosition).HasDefaultValue(0L);
        // One open conversation per contact and thread; older ones stay as history.
        conversation.HasIndex(c => new { c.OrganizationId, c.ChannelId, c.ContactId, c.ThreadKey })
            .IsUnique().HasFilter("status not in ('resolved', 'spam')").HasDatabaseName("ux_conversations_open");
        conversation.HasIndex(c => new { c.OrganizationId, c.Status, c.LastActivityAt, c.Id })
            .IsDescending(false, false, true, true).HasDatabaseName("ix_conversations_status");
        conversation.HasIndex(c => new { c.OrganizationId, c.AssigneeId, c.Status, c.LastActivityAt, c.Id })
            .IsDescending(false, false, false, true, true).HasDatabaseName("ix_conversations_assignee");
        conversation.HasIndex(c => new { c.OrganizationId, c.ChannelId, c.Status, c.LastActivityAt, c.Id })
            .IsDescending(false, false, false, true, true).HasDatabaseName("ix_conversations_channel");
        // Without the time, which changes with every message: this index then keeps one entry per conversation.
        conversation.HasIndex(c => new { c.OrganizationId, c.ContactId }).HasDatabaseName("ix_conversations_contact");
        conversation.HasIndex(c => c.SnoozedUntil).HasFilter("status = 'snoozed'").HasDatabaseName("ix_conversations_snoozed");
        conversation.HasOne<Channel>().WithMany().HasForeignKey(c => new { c.OrganizationId, c.ChannelId }).OnDelete(DeleteBehavior.Restrict);
        conversation.HasOne<Contact>().WithMany().HasForeignKey(c => new { c.OrganizationId, c.ContactId }).OnDelete(DeleteBehavior.Restrict);
    }
}

internal sealed class ReadPointerConfiguration : IEntityTypeConfiguration<ReadPointer>
{
    public void Configure(EntityTypeBuilder<ReadPointer> pointer)
    {
        pointer.ToTable("read_pointers");
        pointer.HasKey(p => new { p.OrganizationId, p.UserId, p.ConversationId });
        pointer.HasOne<Conversation>().WithMany().HasForeignKey(p => new { p.OrganizationId, p.ConversationId }).OnDelete(DeleteBehavior.Cascade);
    }
}

internal sealed class NoteMentionConfiguration : IEntityTypeConfiguration<NoteMention>
{
    public void Configure(EntityTypeBuilder<NoteMention> mention)
    {
        mention.ToTable("note_mentions");
        mention.HasKey(m => new { m.OrganizationId, m.MessageId, m.UserId });
        mention.HasIndex(m => new { m.OrganizationId, m.UserId, m.ConversationId });
        mention.HasOne<Message>().WithMany().HasForeignKey(m => new { m.OrganizationId, m.MessageId }).OnDelete(DeleteBehavior.Cascade);
    }
}

internal sealed class DraftConfiguration : IEntityTypeConfiguration<Draft>
{
    public void Configure(EntityTypeBuilder<Draft> draft)
    {
        draft.ToTable("drafts");
        draft.HasKey(d => new { d.OrganizationId, d.UserId, d.ConversationId, d.Mode });
        draft.Property(d => d.Text).HasMaxLength(50_000);
        draft.HasOne<Conversation>().WithMany().HasForeignKey(d => new { d.OrganizationId, d.ConversationId }).OnDelete(DeleteBehavior.Cascade);
    }
}

internal sealed class LabelConfiguration : IEntityTypeConfiguration<Label>
{
    public void Configure(EntityTypeBuilder<Label> label)
    {
        label.ToTable("labels");
        label.Property(l => l.Name).HasMaxLength(60);
        label.HasIndex(l => new { l.OrganizationId, l.NameKey }).IsUnique();
    }
}

internal sealed class ConversationLabelConfiguration : IEntityTypeConfiguration<ConversationLabel>
{
    public void Configure(EntityTypeBuilder<ConversationLabel> label)
    {
        label.ToTable("conversation_labels");
        label.HasKey(l => new { l.OrganizationId, l.ConversationId, l.LabelId });
        label.HasIndex(l => new { l.OrganizationId, l.LabelId, l.ConversationId });
        label.HasOne<Conversation>().WithMany().HasForeignKey(l => new { l.OrganizationId, l.ConversationId }).OnDelete(DeleteBehavior.Cascade);
        label.HasOne<Label>().WithMany().HasForeignKey(l => new { l.OrganizationId, l.LabelId }).OnDelete(DeleteBehavior.Cascade);
    }
}
