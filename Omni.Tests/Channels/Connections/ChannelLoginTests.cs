using Microsoft.Extensions.DependencyInjection;
using Omni.Core.Channels;
using Omni.Core.Common;
using Omni.Core.Identity;
using Omni.Infrastructure.Operations.Retention;

namespace Omni.Tests.Channels.Connections;

/// <summary>What is kept between the steps of a login at a platform.</summary>
[Trait("Category", "Database")]
public sealed class ChannelLoginTests(ChannelRig rig) : IClassFixture<ChannelRig>
{
    private const string Purpose = "test.begun";
    private static readonly CancellationToken Ct = CancellationToken.None;

    [Fact]
    public async Task A_login_that_was_begun_on_one_node_goes_on_at_another_and_counts_once()
    {
        await using var other = rig.Build("installation-secret");
        var ann = await rig.GivenAdminAsync();
        var handle = await rig.Get<ChannelLogins>().KeepAsync(ann, Purpose, new Step("token-4711"), Ct);

        Assert.True((await other.GetRequiredService<ChannelLogins>().ReadAsync<Step>(ann, Purpose, handle, Ct)).Succeeded(out var read, out _));
        Assert.Equal("token-4711", read.Token);
        var takers = await Task.WhenAll(Enumerable.Range(0, 8).Select(i =>
            (i % 2 == 0 ? other.GetRequiredService<ChannelLogins>() : rig.Get<ChannelLogins>()).TakeAsync<Step>(ann, Purpose, handle, Ct)));
        Assert.Single(takers, t => t.Refusal is null);
        Assert.IsType<Refusal.NotFound>((await rig.Get<ChannelLogins>().ReadAsync<Step>(ann, Purpose, handle, Ct)).Refusal);
    }

    [Fact]
    public async Task A_login_belongs_to_one_session_and_one_purpose()
    {
        var logins = rig.Get<ChannelLogins>();
        var ann = await rig.GivenAdminAsync();
        var handle = await logins.KeepAsync(ann, Purpose, new Step("t"), Ct);
        var flipped = handle[..^2] + (handle[^2] == 'A' ? 'B' : 'A') + handle[^1];
        foreach (var (actor, purpose, given) in new (Actor, string, string?)[]
        {
            (ann with { SessionId = OmniId.New() }, Purpose, handle), (ann with { UserId = OmniId.New() }, Purpose, handle), (await rig.GivenAdminAsync(), Purpose, handle),
            (ann, "other.begun", handle), (ann, Purpose, flipped), (ann, Purpose, ""), (ann, Purpose, null), (ann, Purpose, "made up"),
        })
        {
            Assert.IsType<Refusal.NotFound>((await logins.TakeAsync<Step>(actor, purpose, given, Ct)).Refusal);
        }

        Assert.Null((await logins.TakeAsync<Step>(ann, Purpose, handle, Ct)).Refusal);
    }

    [Fact]
    public async Task What_is_kept_cannot_be_read_in_the_database_and_ends_by_itself()
    {
        var logins = rig.Get<ChannelLogins>();
        var ann = await rig.GivenAdminAsync();
        var handle = await logins.KeepAsync(ann, Purpose, new Step("token-4711"), Ct);
        Assert.Equal(0L, await rig.ScalarAsync($"select count(*) from channel_logins where position('token-4711' in encode(payload, 'escape')) > 0"));

        await rig.ExecuteAsync($"update channel_logins set expires_at = now() - interval '2 hours' where organization_id = '{ann.OrganizationId}'");
        Assert.IsType<Refusal.NotFound>((await logins.ReadAsync<Step>(ann, Purpose, handle, Ct)).Refusal);
        var rule = RetentionRules.All.Single(r => r.Table == "channel_logins");
        Assert.Equal(1L, await rig.ScalarAsync(rule.Sql, TimeProvider.System.GetUtcNow() - rule.Kept));
    }

    private sealed record Step(string Token);
}
