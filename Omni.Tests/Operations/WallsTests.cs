using Npgsql;
using Omni.Infrastructure.Data;
using Omni.Tests.Support;

namespace Omni.Tests.Operations;

public sealed class WallsTests(DatabaseFixture database) : IClassFixture<DatabaseFixture>
{
    [Fact]
    public async Task Every_table_is_behind_the_walls_or_on_the_reviewed_list()
    {
        var tables = await ReadAsync("""
            select c.relname, c.relrowsecurity,
              exists (select 1 from pg_attribute a where a.attrelid = c.oid and a.attname = 'organization_id' and not a.attisdropped),
              coalesce((select string_agg(p.polname || ':' || (select string_agg(rolname, '+') from pg_roles where oid = any (p.polroles)), ',' order by p.polname) from pg_policy p where p.polrelid = c.oid), '')
            from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and c.relname not like 'qrtz%'
            """);

        Assert.True(tables.Count > 20, $"only {tables.Count} tables");
        var open = tables.Where(t => !Walls.GlobalTables.ContainsKey((string)t[0]) && !((bool)t[1] && (bool)t[2] && (string)t[3] == "organization:omni_app,worker:omni_worker"));
        Assert.Empty(open.Select(t => $"{t[0]}: security {t[1]}, organization_id {t[2]}, policies {t[3]}"));
    }

    [Fact]
    public async Task The_roles_behind_the_walls_are_not_superusers_and_own_nothing()
    {
        var roles = await ReadAsync("select rolname, rolsuper or rolbypassrls or rolcanlogin, (select count(*) from pg_class c where c.relowner = r.oid) from pg_roles r where rolname in ('omni_app', 'omni_worker')");

        Assert.Equal(2, roles.Count);
        Assert.All(roles, r => Assert.Equal((false, 0L), ((bool)r[1], (long)r[2])));
    }

    [Fact]
    public async Task The_reviewed_list_names_only_tables_that_exist()
    {
        var tables = (await ReadAsync("select relname from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')")).Select(t => (string)t[0]);

        Assert.Empty(Walls.GlobalTables.Keys.Except(tables));
    }

    private async Task<List<object[]>> ReadAsync(string sql)
    {
        await using var source = NpgsqlDataSource.Create(database.ConnectionString);
        await using var command = source.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<object[]>();
        while (await reader.ReadAsync())
        {
            var row = new object[reader.FieldCount];
            reader.GetValues(row);
            rows.Add(row);
        }

        return rows;
    }
}
