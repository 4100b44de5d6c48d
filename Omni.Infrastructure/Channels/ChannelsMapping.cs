using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Omni.Core.Channels;

namespace Omni.Infrastructure.Channels;

internal sealed class ChannelConfiguration : IEntityTypeConfiguration<Channel>
{
    public void Configure(EntityTypeBuilder<Channel> channel)
    {
        channel.ToTable("channels");
        channel.Property(c => c.Name).HasMaxLength(100);
        channel.Property(c => c.Settings).HasColumnType("jsonb");
        channel.Property(c => c.CredentialHints).HasColumnType("jsonb");
        // The same real account can be connected once in the whole installation; play accounts live apart.
        channel.HasIndex(c => new { c.Kind, c.ExternalAccountId }).IsUnique().HasFilter("not sandbox and deleted_at is null");
        channel.HasIndex(c => new { c.OrganizationId, c.Kind, c.ExternalAccountId });
        channel.HasIndex(c => c.HistoryDueAt).HasFilter("history_due_at is not null");
    }
}

internal sealed class ChannelRouteConfiguration : IEntityTypeConfiguration<ChannelRoute>
{
    public void Configure(EntityTypeBuilder<ChannelRoute> route)
    {
        route.ToTable("channel_routes");
        route.HasKey(r => new { r.Kind, r.ExternalAccountId, r.App });
        route.HasOne<Channel>().WithMany().HasForeignKey(r => new { r.OrganizationId, r.ChannelId }).OnDelete(DeleteBehavior.Cascade);
    }
}

internal sealed class ChannelLaneConfiguration : IEntityTypeConfiguration<ChannelLane>
{
    public void Configure(EntityTypeBuilder<ChannelLane> lane)
    {
        lane.ToTable("channel_lanes");
        lane.HasKey(l => new { l.OrganizationId, l.ChannelId, l.Purpose });
    }
}

internal sealed class ChannelLoginConfiguration : IEntityTypeConfiguration<ChannelLogin>
{
    public void Configure(EntityTypeBuilder<ChannelLogin> login)
    {
        login.ToTable("channel_logins");
        login.HasIndex(l => l.ExpiresAt);
    }
}

internal sealed class ChannelPollConfiguration : IEntityTypeConfiguration<ChannelPoll>
{
    public void Configure(EntityTypeBuilder<ChannelPoll> poll)
    {
        poll.ToTable("channel_polls");
        poll.HasKey(p => new { p.OrganizationId, p.ChannelId });
        poll.Property(p => p.State).HasColumnType("jsonb");
        poll.Property(p => p.RecheckedTo).HasMaxLength(512);
        poll.HasIndex(p => p.NextAt);
        poll.HasOne<Channel>().WithMany().HasForeignKey(p => new { p.OrganizationId, p.ChannelId }).OnDelete(DeleteBehavior.Cascade);
    }
}

internal sealed class CallBudgetConfiguration : IEntityTypeConfiguration<CallBudget>
{
    public void Configure(EntityTypeBuilder<CallBudget> budget)
    {
        budget.ToTable("call_budgets");
        budget.HasKey(b => b.Key);
    }
}

internal sealed class ChannelHourConfiguration : IEntityTypeConfiguration<ChannelHour>
{
    public void Configure(EntityTypeBuilder<ChannelHour> hour)
    {
        hour.ToTable("channel_hours");
        hour.HasKey(h => new { h.OrganizationId, h.ChannelId, h.Hour });
    }
}

internal sealed class WebhookDeliveryConfiguration : IEntityTypeConfiguration<WebhookDeliveryRow>
{
    public void Configure(EntityTypeBuilder<WebhookDeliveryRow> delivery)
    {
        delivery.ToTable("webhook_deliveries");
        delivery.Property(d => d.Id).ValueGeneratedNever();
        delivery.Property(d => d.Headers).HasColumnType("jsonb");
        delivery.HasIndex(d => d.ReceivedAt);
    }
}

internal sealed class InboundQueueConfiguration : IEntityTypeConfiguration<InboundQueueItem>
{
    public void Configure(EntityTypeBuilder<InboundQueueItem> item)
    {
        item.ToTable("inbound_queue");
        item.HasKey(i => i.Id);
        item.Property(i => i.Id).UseIdentityAlwaysColumn();
        item.HasIndex(i => new { i.ChannelId, i.Id }).HasFilter("state in ('pending', 'failed')").HasDatabaseName("ix_inbound_queue_waiting");
        item.HasIndex(i => new { i.OrganizationId, i.State, i.Id });
        item.HasIndex(i => new { i.Kind, i.AccountId }).HasFilter("state = 'unrouted'").HasDatabaseName("ix_inbound_queue_unrouted");
        item.HasIndex(i => i.DeliveryId).HasFilter("state in ('pending', 'failed')").HasDatabaseName("ix_inbound_queue_delivery");
        item.HasIndex(i => i.ReplayId).HasFilter("replay_id is not null");
        item.HasIndex(i => i.ReceivedAt).HasFilter("state in ('unrouted', 'quarantined')").HasDatabaseName("ix_inbound_queue_set_aside");
        item.HasIndex(i => i.ProcessedAt).HasFilter("state = 'processed'").HasDatabaseName("ix_inbound_queue_processed");
    }
}
