using System.Reflection;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Omni.Core.Channels;
using Omni.Core.Common;
using Omni.Core.Identity;
using Omni.Core.Inbox;
using Omni.Core.Tenancy;
using Omni.Infrastructure.Data;
using Omni.Tests.Support;
using static Omni.Tests.Support.Deliveries;

namespace Omni.Tests.Channels.Spine;

/// <summary>One organization sees nothing of another, with either wall alone, and nobody here is a superuser.</summary>
[Trait("Category", "Database")]
public sealed class WallTests : IAsyncLifetime
{
    private readonly DatabaseFixture _database = new();
    private SpineServices _rig = null!;
    private Actor _ann = null!;
    private Actor _bo = null!;

    public async Task InitializeAsync()
    {
        await _database.InitializeAsync();
        _rig = await SpineServices.StartAsync(_database.ConnectionString);
        _ann = await _rig.GivenOwnerAsync();
        _bo = await _rig.GivenOwnerAsync("Gipfel");
        await _rig.GivenNumberAsync(_ann, Number);
        await _rig.GivenNumberAsync(_bo, "700999");
        foreach (var (actor, number) in new[] { (_ann, Number), (_bo, "700999") })
        {
            await _rig.ReceiveAsync(To(number, Text($"m-{number}", "canary", from: "4791")), To(number, React($"r-{number}", $"m-{number}", "👍")), To(number, React($"p-{number}", "elsewhere", "👍")));
            var conversation = await _rig.QueryAsync<Guid>($"select id from conversations where organization_id = '{actor.OrganizationId}'");
            await _rig.ReplyAsync(actor, conversation, "canary");
            await _rig.Get<IInboxMarks>().ReadAsync(actor, conversation, 1, false, default);
            await _rig.Get<IInboxMarks>().SaveDraftAsync(actor, conversation, "reply", "canary", TimeProvider.System.GetUtcNow(), default);
            await using var db = await _rig.Get<IOmniDbFactory>().OpenAsync(actor.OrganizationId, default);
            var label = new Label(actor.OrganizationId, "canary", 1);
            db.Set<Label>().Add(label);
            db.Set<ConversationLabel>().Add(new ConversationLabel(actor.OrganizationId, label.Id, conversation));
            await db.CommitAsync(default);
        }

        Assert.Equal("False, False", await _rig.TextAsync("select rolsuper, rolbypassrls from pg_roles where rolname = session_user"));
    }

    public async Task DisposeAsync()
    {
        await _rig.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task Row_level_security_alone_hides_every_foreign_row()
    {
        await using var db = (OmniDbContext)await _rig.Get<IOmniDbFactory>().OpenAsync(_ann.OrganizationId, default);
        var (filled, all) = (0, 0);
        foreach (var entity in db.Model.GetEntityTypes().Where(e => typeof(ITenantOwned).IsAssignableFrom(e.ClrType)))
        {
            var foreign = await CountAsync(db, entity.ClrType, nameof(UnfilteredAsync), _ann.OrganizationId);
            Assert.True(foreign == 0, $"{entity.GetTableName()} shows {foreign} foreign rows");
            filled += await _rig.QueryAsync<bool>($"select exists (select 1 from {entity.GetTableName()} where organization_id = '{_bo.OrganizationId}')") ? 1 : 0;
            all++;
        }

        Assert.True(filled >= 12, $"only {filled} of {all} tables had anything to hide");
        Assert.Equal("", await _rig.TextAsync($"""
            select c.relname from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'organization_id'
            where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relrowsecurity and c.relname <> all (array[{string.Join(", ", Walls.GlobalTables.Keys.Select(t => $"'{t}'"))}])
            """));
    }

    [Fact]
    public async Task A_node_that_starts_does_not_wait_for_the_tables_that_others_use()
    {
        await using var busy = new NpgsqlConnection(_database.ConnectionString);
        await busy.OpenAsync();
        await using var transaction = await busy.BeginTransactionAsync();
        await using (var reading = new NpgsqlCommand("select (select count(*) from messages), (select count(*) from outbox), (select count(*) from inbound_queue), (select count(*) from audit_log)", busy, transaction))
        {
            await reading.ExecuteScalarAsync();
        }

        await DataModule.MigrateAsync(_database.ConnectionString, CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task A_start_mends_what_is_missing_of_the_walls()
    {
        await _rig.AlterAsync("drop policy organization on labels; alter policy worker on contacts using (false); alter table messages disable row level security; revoke select on drafts from omni_app; grant delete on audit_log to omni_app");

        await DataModule.MigrateAsync(_database.ConnectionString, CancellationToken.None);

        Assert.Equal("(organization_id = (NULLIF(current_setting('omni.organization'::text, true), ''::text))::uuid)", await _rig.TextAsync("select qual from pg_policies where tablename = 'labels' and policyname = 'organization'"));
        Assert.Equal("true", await _rig.TextAsync("select qual from pg_policies where tablename = 'contacts' and policyname = 'worker'"));
        Assert.Equal("True, True, False", await _rig.TextAsync(
            "select relrowsecurity, has_table_privilege('omni_app', 'drafts', 'select'), has_table_privilege('omni_app', 'audit_log', 'delete') from pg_class where relname = 'messages'"));
    }

    [Fact]
    public async Task Row_level_security_takes_no_foreign_row_in()
    {
        await using var batch = _rig.Get<NpgsqlDataSource>().CreateBatch();
        batch.BatchCommands.Add(Walls.As(_ann.OrganizationId));
        batch.BatchCommands.Add(new NpgsqlBatchCommand($"insert into labels (organization_id, id, name, name_key, hue) values ('{_bo.OrganizationId}', gen_random_uuid(), 'planted', 'planted', 1)"));

        var refused = await Assert.ThrowsAsync<PostgresException>(() => batch.ExecuteNonQueryAsync());

        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refused.SqlState);
    }

    [Fact]
    public async Task The_query_filter_alone_hides_every_foreign_row()
    {
        await DropPoliciesAsync();
        await using var db = (OmniDbContext)await _rig.Get<IOmniDbFactory>().OpenAsync(_ann.OrganizationId, default);
        var seen = 0;
        foreach (var entity in db.Model.GetEntityTypes().Where(e => typeof(ITenantOwned).IsAssignableFrom(e.ClrType)))
        {
            Assert.True(await CountAsync(db, entity.ClrType, nameof(FilteredAsync), _ann.OrganizationId) == 0, $"{entity.GetTableName()} shows foreign rows");
            seen += await CountAsync(db, entity.ClrType, nameof(UnfilteredAsync), _ann.OrganizationId);
        }

        Assert.True(seen > 12, "the policies were off, so there was something to hide");
    }

    [Fact]
    public async Task Hand_written_queries_hide_every_foreign_row_without_policies()
    {
        var foreign = await _rig.QueryAsync<Guid>($"select id from conversations where organization_id = '{_bo.OrganizationId}'");
        var foreignMessage = await _rig.QueryAsync<Guid>($"select id from messages where organization_id = '{_bo.OrganizationId}' limit 1");
        var foreignLabel = await _rig.QueryAsync<Guid>($"select id from labels where organization_id = '{_bo.OrganizationId}'");
        await DropPoliciesAsync();
        var (reader, marks) = (_rig.Get<IInboxReader>(), _rig.Get<IInboxMarks>());

        foreach (var query in new[] { new ConversationQuery(), new() { UnreadOnly = true }, new() { Search = "canary" }, new() { Search = "4791" } })
        {
            Assert.All((await reader.ListAsync(_ann, query, default)).Value.Rows, r => Assert.NotEqual(foreign, r.Row.Id));
        }

        Assert.Single((await reader.ListAsync(_ann, new ConversationQuery(), default)).Value.Rows);
        Assert.Empty((await reader.ListAsync(_ann, new ConversationQuery { LabelId = foreignLabel }, default)).Value.Rows);
        Assert.IsType<Refusal.NotFound>((await reader.FindAsync(_ann, foreign, default)).Refusal);
        Assert.Empty(await reader.RowsAsync(_ann.OrganizationId, [foreign], default));
        Assert.IsType<Refusal.NotFound>((await reader.MessagesAsync(_ann, foreign, null, null, 10, default)).Refusal);
        Assert.Empty(await reader.MessagesAsync(_ann.OrganizationId, [foreignMessage], default));
        Assert.Equal(2, (await reader.SearchAsync(_ann, "canary", null, 10, default)).Value.Rows.Count);
        Assert.Equal(1, (await reader.CountsAsync(_ann, default)).Channels.Values.Sum());
        Assert.Null(await marks.ReadAsync(_ann, foreign, 5, false, default));
        Assert.False(await marks.SaveDraftAsync(_ann, foreign, "reply", "planted", TimeProvider.System.GetUtcNow(), default));
        Assert.Empty(await marks.DraftsAsync(_ann, foreign, default));
        Assert.IsType<Refusal.NotFound>((await _rig.Get<ReplyService>().ReplyAsync(_ann, new ReplyDraft(foreign, OmniId.New()) { Text = "planted" }, default)).Refusal);
        Assert.IsType<Refusal.NotFound>((await _rig.Get<ConversationService>().PatchAsync(_ann, foreign, new ConversationPatch { Status = ConversationStatus.Resolved }, default)).Refusal);
        Assert.IsType<Refusal.NotFound>((await _rig.Get<ReplyService>().RetryAsync(_ann, foreignMessage, true, default)).Refusal);
        Assert.IsType<Refusal.NotFound>((await _rig.Get<ReplyService>().ReactAsync(_ann, foreignMessage, "👍", default)).Refusal);
    }

    [Fact]
    public async Task A_channels_own_secret_reaches_no_other_organizations_number()
    {
        var own = await _rig.GivenNumberAsync(_ann, "700333", appSecret: "own-app-secret-0123456789");
        var before = await _rig.TextAsync($"select count(*), max(last_seq) from conversations where organization_id = '{_bo.OrganizationId}'");

        var forged = Body(
            Change("700999", "messages", new() { ["messages"] = new System.Text.Json.Nodes.JsonArray(Text("forged", "planted")) }),
            Change("700333", "messages", new() { ["messages"] = new System.Text.Json.Nodes.JsonArray(Text("mine", "mine")) }));
        Assert.Null((await _rig.PostAsync(forged, "own-app-secret-0123456789", own)).Refusal);
        await _rig.StartWorkersAsync();
        await Eventually.HoldsAsync(async () => await _rig.QueryAsync<long>("select count(*) from messages where text = 'mine'") == 1, "the channel's own part is applied");

        Assert.Equal(before, await _rig.TextAsync($"select count(*), max(last_seq) from conversations where organization_id = '{_bo.OrganizationId}'"));
        Assert.Equal("unrouted, True", await _rig.TextAsync("select q.state, q.organization_id is null from inbound_queue q join webhook_deliveries d on d.id = q.delivery_id where q.account_id = '700999' and d.verified_channel_id is not null"));
        Assert.Equal(0, await _rig.QueryAsync<long>("select count(*) from messages where text = 'planted'"));
        Assert.IsType<Refusal.Unauthenticated>((await _rig.PostAsync(forged, "own-app-secret-0123456789")).Refusal);
        Assert.IsType<Refusal.Unauthenticated>((await _rig.PostAsync(forged, SpineServices.AppSecret, own)).Refusal);
    }

    private Task DropPoliciesAsync() => _rig.AlterAsync("""
        do $$ declare t text; begin
          for t in select relname from pg_class where relnamespace = 'public'::regnamespace and relrowsecurity loop
            execute format('alter table %I disable row level security', t);
          end loop; end $$
        """);

    private static Task<int> CountAsync(OmniDbContext db, Type type, string how, Guid organization) =>
        (Task<int>)typeof(WallTests).GetMethod(how, BindingFlags.NonPublic | BindingFlags.Static)!.MakeGenericMethod(type).Invoke(null, [db, organization])!;

    private static Task<int> UnfilteredAsync<T>(OmniDbContext db, Guid organization) where T : class, ITenantOwned =>
        db.Set<T>().IgnoreQueryFilters().CountAsync(r => r.OrganizationId != organization);

    private static Task<int> FilteredAsync<T>(OmniDbContext db, Guid organization) where T : class, ITenantOwned =>
        db.Set<T>().CountAsync(r => r.OrganizationId != organization);
}
