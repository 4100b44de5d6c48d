using Omni.Tests.Identity;
using Omni.Tests.Support;

namespace Omni.Tests.Channels.Connections;

public sealed class ChannelLettersTests(DatabaseFixture database) : IClassFixture<DatabaseFixture>
{
    [Fact]
    public async Task Owners_are_written_to_once_when_a_channel_needs_a_new_token()
    {
        await using var mail = new SmtpServer();
        await using (var rig = await SpineRig.StartAsync(database.ConnectionString))
        {
            await rig.QueryAsync<object>("update users set email_confirmed = true returning id");
            await rig.QueryAsync<object>("update channels set status = 'needsReauth', reason = 'WhatsApp ended our access.' returning id");
        }

        await using var omni = await OmniProcess.StartAsync(
            null, $"--ConnectionStrings:Postgres={database.ConnectionString}", "--Smtp:Host=127.0.0.1", $"--Smtp:Port={mail.Port}", "--Smtp:From=omni@example.com", "--Smtp:Security=none");
        await Eventually.HoldsAsync(() => !mail.Letters.IsEmpty, "the letter is there", TimeSpan.FromSeconds(20));

        var (to, text) = Assert.Single(mail.Letters);
        Assert.Contains("ann@example.com", to, StringComparison.Ordinal);
        Assert.Contains("WhatsApp ended our access.", text, StringComparison.Ordinal);
        Assert.Contains("/settings/channels?channel", text, StringComparison.Ordinal);
    }
}
