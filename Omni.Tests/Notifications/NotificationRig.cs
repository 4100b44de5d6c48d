using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Hosting.Internal;
using Omni.Core.Common;
using Omni.Core.Identity;
using Omni.Core.Inbox;
using Omni.Core.Notifications;
using Omni.Core.Tenancy;
using Omni.Infrastructure.Identity;
using Omni.Infrastructure.Notifications;
using Omni.Infrastructure.Notifications.Push;
using Omni.Tests.Identity;
using Omni.Tests.Support;
using static Omni.Tests.Support.Deliveries;

namespace Omni.Tests.Notifications;

/// <summary>An organization with a connected number, Ann who owns it and Bo who answers; the clock can be moved.</summary>
internal sealed class NotificationRig : IAsyncDisposable
{
    private readonly DatabaseFixture _database = new();
    private int _messages;

    internal SpineServices Node { get; private set; } = null!;

    internal TestClock Clock { get; } = new();

    internal Actor Ann { get; private set; } = null!;

    internal Actor Bo { get; private set; } = null!;

    internal Guid Channel { get; private set; }

    internal NotificationFeed Feed => Node.Get<NotificationFeed>();

    internal static async Task<NotificationRig> StartAsync(params (string Key, string Value)[] settings)
    {
        var rig = new NotificationRig();
        await rig._database.InitializeAsync();
        rig.Node = await rig.StartNodeAsync(settings);
        rig.Ann = await rig.Node.GivenOwnerAsync();
        await rig.JoinAsync(rig.Ann.UserId, MemberRole.Owner);
        rig.Bo = await rig.GivenMemberAsync("Bo Dahl", MemberRole.Agent);
        rig.Channel = await rig.Node.GivenNumberAsync(rig.Ann, Number);
        await rig.Feed.LookAsync(default); // the place where this begins
        return rig;
    }

    internal Task<SpineServices> StartNodeAsync(params (string Key, string Value)[] settings) => SpineServices.StartAsync(
        _database.ConnectionString, services => services.AddSingleton<IHostApplicationLifetime, ApplicationLifetime>().AddIdentity().AddNotifications().AddNotificationWorkers(), Clock, settings);

    /// <summary>Another member.</summary>
    internal async Task<Actor> GivenMemberAsync(string name, MemberRole role)
    {
        var user = new User { UserName = $"u{OmniId.New():N}", DisplayName = name, Email = $"{OmniId.New():N}@example.com", EmailConfirmed = true };
        await using (var db = await Node.Get<IOmniDbFactory>().OpenGlobalAsync(default))
        {
            db.Users.Add(user);
            await db.CommitAsync(default);
        }

        await JoinAsync(user.Id, role);
        return new Actor(user.Id, Ann.OrganizationId, role, OmniId.New()) { DisplayName = name };
    }

    /// <summary>A customer writes.</summary>
    /// <returns>The conversation.</returns>
    internal async Task<Guid> WriteAsync(string text, string from = "4790213377")
    {
        Assert.Null((await Node.PostAsync(WithProfile("Leila Haddad", from, null, Text($"n{++_messages}", text, from, at: Clock.GetUtcNow())))).Refusal);
        await Node.ExecuteAsync("update inbound_queue set next_at = now() where state = 'pending'"); // the database's clock is not moved
        await Node.ApplyAsync();
        return await Node.QueryAsync<Guid>("select conversation_id from messages order by id desc limit 1");
    }

    internal async Task AssignAsync(Actor by, Guid conversation, Actor to)
    {
        var patched = await Node.Get<ConversationService>().PatchAsync(by, conversation, new ConversationPatch { AssigneeId = to.UserId }, default);
        Assert.True(patched.Refusal is null, patched.Refusal?.Message);
    }

    internal async Task<Guid> NoteAsync(Actor by, Guid conversation, string text, params Actor[] named)
    {
        var draft = new ReplyDraft(conversation, OmniId.New()) { Note = true, Text = text, Mentions = [.. named.Select(n => n.UserId)] };
        var noted = await Node.Get<ReplyService>().ReplyAsync(by, draft, default);
        Assert.True(noted.Refusal is null, noted.Refusal?.Message);
        return noted.Value.Messages[0];
    }

    internal Task SettingsAsync(Actor person, NotificationSettings settings) =>
        Node.ExecuteAsync($$"""update users set settings = '{"notifications":{{settings.ToJson().ToJsonString()}}}'::jsonb where id = '{{person.UserId}}'""");

    /// <summary>What a person has been told, oldest first: kind and cause without ids.</summary>
    internal Task<string> ToldAsync(Actor person) => Node.TextAsync($"select kind from notifications where user_id = '{person.UserId}' order by id");

    /// <summary>Lets the feed be read until somebody has been told so much.</summary>
    internal Task UntilToldAsync(Actor person, string told) => Eventually.HoldsAsync(
        async () =>
        {
            await Feed.LookAsync(default);
            return await ToldAsync(person) == told;
        },
        $"{person.DisplayName} is told: {told}");

    /// <summary>Lets the feed be read up to everything that is committed now.</summary>
    internal async Task SettleAsync()
    {
        var mark = await NoteAsync(Ann, await Node.QueryAsync<Guid>("select id from conversations order by id limit 1"), "mark", Bo);
        await Eventually.HoldsAsync(
            async () =>
            {
                await Feed.LookAsync(default);
                return await Node.QueryAsync<long>($"select count(*) from notifications where message_id = '{mark}'") == 1;
            },
            "the mark is read");
        await Node.ExecuteAsync($"delete from notifications where message_id = '{mark}'");
    }

    /// <summary>A session of a person, as a browser has one.</summary>
    internal async Task<SessionState> SignInAsync(Actor person)
    {
        var session = new Session { UserId = person.UserId, Kind = SessionKind.Browser, OrganizationId = person.OrganizationId, CreatedAt = Clock.GetUtcNow(), LastSeenAt = Clock.GetUtcNow(), ExpiresAt = Clock.GetUtcNow().AddDays(14) };
        await using var db = await Node.Get<IOmniDbFactory>().OpenGlobalAsync(default);
        db.Set<Session>().Add(session);
        await db.CommitAsync(default);
        return new SessionState
        {
            SessionId = session.Id, UserId = person.UserId, Kind = session.Kind, DisplayName = person.DisplayName, ExpiresAt = session.ExpiresAt, LastSeenAt = session.LastSeenAt, Places = [],
        };
    }

    public async ValueTask DisposeAsync()
    {
        await Node.DisposeAsync();
        await _database.DisposeAsync();
    }

    private async Task JoinAsync(Guid userId, MemberRole role)
    {
        await using var db = await Node.Get<IOmniDbFactory>().OpenGlobalAsync(default);
        db.Memberships.Add(new Membership(Ann.OrganizationId, userId, role, Clock.GetUtcNow()));
        await db.CommitAsync(default);
    }
}
