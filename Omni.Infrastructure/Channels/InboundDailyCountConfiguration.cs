using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Omni.Core.Channels;

namespace Omni.Infrastructure.Channels;

internal sealed class InboundDailyCountConfiguration : IEntityTypeConfiguration<InboundDailyCount>
{
    public void Configure(EntityTypeBuilder<InboundDailyCount> count)
    {
        count.ToTable("inbound_daily_counts");
        count.HasKey(c => new { c.OrganizationId, c.ChannelId, c.Day });
    }
}
