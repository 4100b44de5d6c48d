using Microsoft.Extensions.Hosting;
using Omni.Core.Notifications;
using Omni.Infrastructure.Identity.Mail;
using Omni.Infrastructure.Notifications;
using Omni.Tests.Identity;
using Omni.Tests.Support;

namespace Omni.Tests.Notifications;

/// <summary>Letters about what nobody saw, through a real mail server.</summary>
[Trait("Category", "Database")]
public sealed class DigestTests : IAsyncLifetime
{
    private readonly SmtpServer _mail = new();
    private NotificationRig _rig = null!;
    private Guid _conversation;

    private IDigests Digests => _rig.Node.Get<IDigests>();

    public async Task InitializeAsync()
    {
        _rig = await NotificationRig.StartAsync(
            ("Smtp:Host", "127.0.0.1"), ("Smtp:Port", _mail.Port.ToString()), ("Smtp:Security", "None"), ("Smtp:From", "omni@example.com"));
        await _rig.Node.Get<Mailer>().StartAsync(default);
        _conversation = await _rig.WriteAsync("question");
    }

    public async Task DisposeAsync()
    {
        await _rig.Node.Get<Mailer>().StopAsync(default);
        await _rig.DisposeAsync();
        await _mail.DisposeAsync();
    }

    [Fact]
    public async Task What_was_not_seen_for_a_quarter_of_an_hour_comes_once_and_at_most_every_hour()
    {
        await _rig.AssignAsync(_rig.Ann, _conversation, _rig.Bo);
        await _rig.UntilToldAsync(_rig.Bo, "assigned");
        Assert.Equal(0, await Digests.SendDueAsync(default));

        _rig.Clock.Advance(TimeSpan.FromMinutes(16));
        Assert.Equal(1, await Digests.SendDueAsync(default));
        await MailedAsync(1);
        var letter = _mail.Letters.Single().Text;
        Assert.Contains("Ann Berg assigned Leila Haddad to you", letter);
        Assert.Contains($"https://omni.example/inbox/all/{_conversation}", letter);
        Assert.Contains("List-Unsubscribe: <https://omni.example/settings/notifications>", letter);
        Assert.Equal(0, await Digests.SendDueAsync(default));

        await _rig.NoteAsync(_rig.Ann, _conversation, "@Bo Dahl?", _rig.Bo);
        await _rig.UntilToldAsync(_rig.Bo, "assigned; mention");
        _rig.Clock.Advance(TimeSpan.FromMinutes(20));
        Assert.Equal(0, await Digests.SendDueAsync(default)); // the hour is not over
        _rig.Clock.Advance(TimeSpan.FromMinutes(41));
        Assert.Equal(1, await Digests.SendDueAsync(default));
        await MailedAsync(2);
        Assert.DoesNotContain("assigned", _mail.Letters.Last().Text);
    }

    [Fact]
    public async Task What_was_seen_or_is_hidden_stays_out_of_letters()
    {
        await _rig.AssignAsync(_rig.Ann, _conversation, _rig.Bo);
        await _rig.NoteAsync(_rig.Ann, _conversation, "the code is 4711", _rig.Bo);
        await _rig.UntilToldAsync(_rig.Bo, "assigned; mention");
        await _rig.SettingsAsync(_rig.Bo, new NotificationSettings { HideContent = true });
        var first = (await _rig.Node.Get<INotifications>().ListAsync(_rig.Bo, false, null, 50, default)).Value.Rows.Single(n => n.Kind == NotificationKind.Assigned);
        await _rig.Node.Get<INotifications>().ReadAsync(_rig.Bo, [first.Id], default);

        _rig.Clock.Advance(TimeSpan.FromMinutes(16));
        Assert.Equal(1, await Digests.SendDueAsync(default));
        await MailedAsync(1);
        var letter = _mail.Letters.Single().Text;
        Assert.Contains("You were mentioned in a note", letter);
        Assert.DoesNotContain("4711", letter);
        Assert.DoesNotContain("assigned", letter);
    }

    [Theory]
    [InlineData("hourly", 12, null, true)]
    [InlineData("hourly", 12, 30, false)]
    [InlineData("hourly", 12, 61, true)]
    [InlineData("daily", 12, null, false)] // came after eight: tomorrow
    [InlineData("daily", 31, null, true)]
    [InlineData("daily", 32, 30, false)]
    public void Letters_keep_their_distance(string digest, int hours, int? minutesSinceLast, bool expected)
    {
        var day = new DateTimeOffset(2026, 6, 1, 0, 0, 0, TimeSpan.Zero);
        var now = day.AddHours(hours);
        var settings = new NotificationSettings { Digest = digest, Zone = "Europe/Oslo" }; // two hours ahead
        var person = new DigestPerson(default, default, "", settings, "", day.AddHours(11), minutesSinceLast is { } minutes ? now.AddMinutes(-minutes) : null);

        Assert.Equal(expected, IsTime(person, now));
    }

    [Fact]
    public void Nothing_is_mailed_in_quiet_hours()
    {
        var now = new DateTimeOffset(2026, 6, 1, 21, 30, 0, TimeSpan.Zero);
        var settings = new NotificationSettings { QuietHours = new QuietHours(new TimeOnly(22, 0), new TimeOnly(7, 0), "Europe/Oslo") };

        Assert.False(IsTime(new DigestPerson(default, default, "", settings, "", now.AddHours(-1), null), now));
        Assert.True(IsTime(new DigestPerson(default, default, "", settings, "", now.AddHours(-1), null), now.AddHours(8)));
    }

    private static bool IsTime(DigestPerson person, DateTimeOffset now) => Infrastructure.Notifications.Digests.IsTime(person, now);

    private Task MailedAsync(int count) => Eventually.HoldsAsync(
        async () => await _rig.Node.QueryAsync<long>("select count(*) from notifications where mailed_at is not null") == count && _mail.Letters.Count == count, $"{count} letters");
}
