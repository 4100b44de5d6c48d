using Microsoft.Extensions.Options;
using Npgsql;
using Omni.Core.Common;
using Omni.Core.Operations;
using Omni.Infrastructure.Media;
using Omni.Tests.Support;

namespace Omni.Tests.Media;

[Trait("Category", "Database")]
public sealed class OrphanFilesTests(DatabaseFixture database) : IClassFixture<DatabaseFixture>, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("omni-files-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Only_old_files_that_no_row_names_are_removed()
    {
        await using var source = NpgsqlDataSource.Create(database.ConnectionString);
        var store = new FolderBlobStore(Options.Create(new OmniOptions { DataDirectory = _folder }));
        var (named, orphan, fresh) = (await KeepAsync(store, old: true), await KeepAsync(store, old: true), await KeepAsync(store, old: false));
        await using (var insert = source.CreateCommand($"""
            insert into organizations (id, name, slug, plan, status, time_zone, locale, theme_mode, data_key, created_at, version)
            values ('{OmniId.New()}', 'Fjord', 'fjord', 'standard', 'active', 'UTC', 'en', 'auto', '', now(), 0);
            insert into attachments (organization_id, id, index, type, state, blob_key, attempts, next_at, created_at)
            select id, '{OmniId.New()}', 0, 'image', 'stored', '{named}', 0, now(), now() from organizations
            """))
        {
            await insert.ExecuteNonQueryAsync();
        }

        var removed = await new OrphanFiles(source, store, TimeProvider.System).RemoveAsync(CancellationToken.None);

        Assert.Equal(1, removed);
        Assert.False(await ExistsAsync(store, orphan));
        Assert.True(await ExistsAsync(store, named));
        Assert.True(await ExistsAsync(store, fresh));
    }

    private async Task<string> KeepAsync(FolderBlobStore store, bool old)
    {
        using var content = new MemoryStream([1, 2, 3]);
        var key = (await store.SaveAsync(content, 10, CancellationToken.None))!.Key;
        if (old)
        {
            File.SetLastWriteTimeUtc(Directory.GetFiles(_folder, key, SearchOption.AllDirectories).Single(), TimeProvider.System.GetUtcNow().UtcDateTime.AddDays(-2));
        }

        return key;
    }

    private static async Task<bool> ExistsAsync(FolderBlobStore store, string key)
    {
        await using var content = await store.OpenAsync(key, CancellationToken.None);
        return content is not null;
    }
}
