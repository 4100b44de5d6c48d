using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Omni.Core.Channels;
using Omni.Core.Contacts;
using Omni.Core.Inbox;

namespace Omni.Infrastructure.Contacts;

internal sealed class ContactConfiguration : IEntityTypeConfiguration<Contact>
{
    public void Configure(EntityTypeBuilder<Contact> contact)
    {
        contact.ToTable("contacts");
        contact.Property(c => c.Name).HasMaxLength(300);
        contact.Property(c => c.Attributes).HasColumnType("jsonb");
        contact.HasIndex(c => new { c.OrganizationId, c.CreatedAt, c.Id }).IsDescending(false, true, true);
    }
}

internal sealed class ContactIdentityConfiguration : IEntityTypeConfiguration<ContactIdentity>
{
    public void Configure(EntityTypeBuilder<ContactIdentity> identity)
    {
        identity.ToTable("contact_identities");
        identity.HasIndex(i => new { i.OrganizationId, i.ChannelId, i.ExternalId }).IsUnique();
        identity.HasIndex(i => new { i.OrganizationId, i.ContactId });
        identity.HasOne<Contact>().WithMany().HasForeignKey(i => new { i.OrganizationId, i.ContactId }).OnDelete(DeleteBehavior.Restrict);
        identity.HasOne<Channel>().WithMany().HasForeignKey(i => new { i.OrganizationId, i.ChannelId }).OnDelete(DeleteBehavior.Restrict);
    }
}

internal sealed class ContactLabelConfiguration : IEntityTypeConfiguration<ContactLabel>
{
    public void Configure(EntityTypeBuilder<ContactLabel> label)
    {
        label.ToTable("contact_labels");
        label.HasKey(l => new { l.OrganizationId, l.ContactId, l.LabelId });
        label.HasIndex(l => new { l.OrganizationId, l.LabelId });
        label.HasOne<Contact>().WithMany().HasForeignKey(l => new { l.OrganizationId, l.ContactId }).OnDelete(DeleteBehavior.Cascade);
        label.HasOne<Label>().WithMany().HasForeignKey(l => new { l.OrganizationId, l.LabelId }).OnDelete(DeleteBehavior.Cascade);
    }
}

internal sealed class ContactMergeConfiguration : IEntityTypeConfiguration<ContactMerge>
{
    public void Configure(EntityTypeBuilder<ContactMerge> merge)
    {
        merge.ToTable("contact_merges");
        merge.HasIndex(m => new { m.OrganizationId, m.KeptId });
        merge.HasIndex(m => new { m.OrganizationId, m.MergedId });
        merge.HasOne<Contact>().WithMany().HasForeignKey(m => new { m.OrganizationId, m.KeptId }).OnDelete(DeleteBehavior.Restrict);
        merge.HasOne<Contact>().WithMany().HasForeignKey(m => new { m.OrganizationId, m.MergedId }).OnDelete(DeleteBehavior.Restrict);
    }
}
