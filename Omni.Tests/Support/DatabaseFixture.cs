namespace Omni.Tests.Support;

/// <summary>A new, migrated database for one test class: <c>class MyTests(DatabaseFixture database) : IClassFixture&lt;DatabaseFixture&gt;</c>.</summary>
public sealed class DatabaseFixture : IAsyncLifetime
{
    /// <summary>Connects as the login role, as the program does.</summary>
    public string ConnectionString { get; private set; } = "";

    public async Task InitializeAsync() => ConnectionString = await Database.CreateAsync();

    public Task DisposeAsync() => Database.DropAsync(ConnectionString);
}
