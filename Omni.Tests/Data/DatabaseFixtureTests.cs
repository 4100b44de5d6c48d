using Npgsql;
using Omni.Tests.Support;

namespace Omni.Tests.Data;

[Trait("Category", "Database")]
public sealed class DatabaseFixtureTests(DatabaseFixture database) : IClassFixture<DatabaseFixture>
{
    [Fact]
    public async Task The_login_role_is_no_superuser_and_may_become_both_working_roles()
    {
        await using var source = NpgsqlDataSource.Create(database.ConnectionString);
        await using var connection = await source.OpenConnectionAsync();

        Assert.Equal("off", await ScalarAsync(connection, "select current_setting('is_superuser')"));
        Assert.Equal("omni_app", await ScalarAsync(connection, "set role omni_app; select current_user::text"));
        Assert.Equal("omni_worker", await ScalarAsync(connection, "set role omni_worker; select current_user::text"));
    }

    [Fact]
    public async Task A_second_database_has_the_schema_and_none_of_the_firsts_rows()
    {
        await using (var first = new NpgsqlConnection(database.ConnectionString))
        {
            await first.OpenAsync();
            await ScalarAsync(first, "create table only_here(id int)");
        }

        var other = await Database.CreateAsync();
        try
        {
            await using var connection = new NpgsqlConnection(other);
            await connection.OpenAsync();
            Assert.Equal(DBNull.Value, await ScalarAsync(connection, "select to_regclass('only_here')::text"));
            Assert.NotEqual(0L, await ScalarAsync(connection, "select count(*) from schema_migrations"));
        }
        finally
        {
            await Database.DropAsync(other);
        }
    }

    private static async Task<object?> ScalarAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }
}
