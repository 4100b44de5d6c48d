using System.Security.Cryptography;
using Omni.Tests.Support;
using static Omni.Tests.Support.Deliveries;

namespace Omni.Tests.Channels.Spine;

/// <summary>The database has no room left for what comes in.</summary>
[Trait("Category", "Mount")]
public sealed class DiskFullTests
{
    [Fact]
    public async Task A_full_disk_is_503_until_there_is_room_again_and_nothing_acknowledged_is_lost()
    {
        await using var disk = await SmallDisk.MountAsync(megabytes: 24);
        await using var server = await PostgresServer.StartAsync(isDurable: true);
        await server.AdministerAsync("create database crash owner omni", $"create tablespace small owner omni location '{await server.FolderAsync(disk.Folder)}'");
        await using var rig = await SpineRig.StartAsync(server.ConnectionString("crash"));
        await rig.ExecuteAsync("alter table webhook_deliveries set tablespace small");
        using var sender = new WebhookSender();
        await sender.PostAsync(Large("m1"), rig.Omni.Address);

        disk.Fill();
        var refused = await sender.PostOnceAsync(rig.Omni.Address, Large("m2"));
        disk.Free();
        await sender.PostAsync(Large("m2"), rig.Omni.Address);

        Assert.Equal((503, TimeSpan.FromSeconds(5)), refused);
        await rig.UntilAsync("select count(*) from messages where external_id in ('m1', 'm2')", 2);
        Assert.Equal(2, await rig.QueryAsync<long>("select count(*) from webhook_deliveries"));
    }

    // Letters that cannot be compressed, in a member that nobody reads.
    private static byte[] Large(string id)
    {
        var message = Text(id, "hello");
        message["padding"] = Convert.ToHexString(RandomNumberGenerator.GetBytes(1_000_000));
        return Of(message);
    }
}
