using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Omni.Core.Events;
using Omni.Core.Identity;
using Omni.Core.Notifications;

namespace Omni.Infrastructure.Notifications;

internal sealed class NotificationConfiguration : IEntityTypeConfiguration<Notification>
{
    public void Configure(EntityTypeBuilder<Notification> notification)
    {
        notification.ToTable("notifications");
        notification.Property(n => n.Cause).HasMaxLength(200);
        notification.HasIndex(n => new { n.OrganizationId, n.UserId, n.Cause }).IsUnique().HasDatabaseName("ux_notifications_cause");
        notification.HasIndex(n => new { n.OrganizationId, n.UserId, n.Id }).IsDescending(false, false, true).HasFilter("in_app").HasDatabaseName("ix_notifications_list");
        notification.HasIndex(n => new { n.OrganizationId, n.UserId, n.ConversationId }).HasFilter("read_at is null").HasDatabaseName("ix_notifications_unread");
        notification.HasIndex(n => n.MailAt).HasFilter("mail_at is not null and mailed_at is null and read_at is null").HasDatabaseName("ix_notifications_mail");
        notification.HasIndex(n => n.CreatedAt);
    }
}

internal sealed class PushSubscriptionConfiguration : IEntityTypeConfiguration<PushSubscription>
{
    public void Configure(EntityTypeBuilder<PushSubscription> subscription)
    {
        subscription.ToTable("push_subscriptions");
        subscription.Property(s => s.Id).ValueGeneratedNever();
        subscription.Property(s => s.Endpoint).HasMaxLength(2_000);
        subscription.HasIndex(s => s.Endpoint).IsUnique();
        subscription.HasIndex(s => s.UserId);
        subscription.HasOne<User>().WithMany().HasForeignKey(s => s.UserId).OnDelete(DeleteBehavior.Restrict);
        subscription.HasOne<Session>().WithMany().HasForeignKey(s => s.SessionId).OnDelete(DeleteBehavior.Cascade);
    }
}

internal sealed class PushDeliveryConfiguration : IEntityTypeConfiguration<PushDelivery>
{
    public void Configure(EntityTypeBuilder<PushDelivery> delivery)
    {
        delivery.ToTable("push_queue");
        delivery.HasKey(d => new { d.OrganizationId, d.NotificationId, d.SubscriptionId });
        delivery.HasIndex(d => d.NextAt);
        delivery.HasOne<Notification>().WithMany().HasForeignKey(d => new { d.OrganizationId, d.NotificationId }).OnDelete(DeleteBehavior.Cascade);
        delivery.HasOne<PushSubscription>().WithMany().HasForeignKey(d => d.SubscriptionId).OnDelete(DeleteBehavior.Cascade);
    }
}

internal sealed class FeedPlaceConfiguration : IEntityTypeConfiguration<FeedPlace>
{
    public void Configure(EntityTypeBuilder<FeedPlace> place)
    {
        place.ToTable("feed_places");
        place.HasKey(p => p.Name);
    }
}
