using Omni.Infrastructure.Channels.Simulator;
using Omni.Tests.Support;

namespace Omni.Tests.Inbox;

[Trait("Category", "Database")]
public sealed class SpineTests(DatabaseFixture database) : IClassFixture<DatabaseFixture>
{
    private static readonly SimulatedPerson Leila = new("4790213377", "Leila Haddad");

    [Fact]
    public async Task A_message_comes_in_and_opens_a_conversation()
    {
        await using var rig = await SpineRig.StartAsync(database.ConnectionString);

        await rig.Platform.ReceiveFromCustomerAsync(SpineRig.NumberId, Leila, "Is the tent in stock? 🏕️");

        await rig.UntilAsync("select count(*) from messages where direction = 'in'", 1);
        Assert.Equal("Is the tent in stock? 🏕️", await rig.QueryAsync<string>("select text from messages"));
        Assert.Equal("Leila Haddad", await rig.QueryAsync<string>("select c.name from conversations v join contacts c on c.id = v.contact_id"));
        Assert.True(await rig.QueryAsync<bool>("select window_until > now() + interval '23 hours' from conversations"));
    }
}
