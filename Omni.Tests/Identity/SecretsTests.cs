using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Omni.Core.Common;
using Omni.Core.Identity;
using Omni.Core.Operations;
using Omni.Core.Tenancy;
using Omni.Infrastructure.Data;
using Omni.Infrastructure.Events;
using Omni.Infrastructure.Identity;
using Omni.Infrastructure.Operations;
using Omni.Tests.Support;

namespace Omni.Tests.Identity;

public sealed class SecretsTests : IAsyncLifetime
{
    private static readonly byte[] Secret = "EAAG-a-channel's-token"u8.ToArray();

    private readonly string _folder = Directory.CreateTempSubdirectory("omni-secrets-").FullName;

    private string _database = ""; // one per test, because each has master keys of its own

    public async Task InitializeAsync() => _database = await Database.CreateAsync();

    public async Task DisposeAsync()
    {
        await Database.DropAsync(_database);
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_sealed_value_opens_in_its_own_place_only()
    {
        await using var omni = Build();
        var secrets = omni.GetRequiredService<ISecrets>();
        var (ours, theirs, row) = (await OrganizationAsync(omni), await OrganizationAsync(omni), OmniId.New());
        var blob = await secrets.SealAsync(ours, "channels", "credentials", row, Secret, default);

        Assert.Equal(Secret, await secrets.OpenAsync(ours, "channels", "credentials", row, blob, default));
        await Assert.ThrowsAnyAsync<CryptographicException>(async () => await secrets.OpenAsync(theirs, "channels", "credentials", row, blob, default));
        await Assert.ThrowsAnyAsync<CryptographicException>(async () => await secrets.OpenAsync(ours, "channels", "credentials", OmniId.New(), blob, default));
        await Assert.ThrowsAnyAsync<CryptographicException>(async () => await secrets.OpenAsync(ours, "channels", "other", row, blob, default));
        await Assert.ThrowsAnyAsync<CryptographicException>(async () => await secrets.OpenAsync(ours, "other", "credentials", row, blob, default));
        blob[^1] ^= 1;
        await Assert.ThrowsAnyAsync<CryptographicException>(async () => await secrets.OpenAsync(ours, "channels", "credentials", row, blob, default));
    }

    [Fact]
    public async Task Two_nodes_that_seal_at_once_for_a_new_organization_can_read_each_other()
    {
        await using var one = Build();
        await using var two = Build();
        var organization = await OrganizationAsync(one);
        var row = OmniId.New();
        var sealedByBoth = await Task.WhenAll(new[] { one, two }.Select(n => n.GetRequiredService<ISecrets>().SealAsync(organization, "t", "c", row, Secret, default).AsTask()));
        Assert.Equal(Secret, await one.GetRequiredService<ISecrets>().OpenAsync(organization, "t", "c", row, sealedByBoth[1], default));
        Assert.Equal(Secret, await two.GetRequiredService<ISecrets>().OpenAsync(organization, "t", "c", row, sealedByBoth[0], default));
    }

    [Fact]
    public async Task After_a_rotation_everything_still_opens_and_the_old_key_opens_nothing()
    {
        Guid organization;
        byte[] blob;
        string cookie;
        var row = OmniId.New();
        var path = Path.Combine(_folder, "keys", "master.key");
        await using (var before = Build())
        {
            organization = await OrganizationAsync(before);
            blob = await before.GetRequiredService<ISecrets>().SealAsync(organization, "t", "c", row, Secret, default);
            cookie = before.GetRequiredService<IDataProtectionProvider>().CreateProtector("test").Protect("who");
        }

        var old = await File.ReadAllTextAsync(path);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        Assert.Contains("new master key", await IdentityModule.RotateMasterKeyAsync(Configuration(), _database, default), StringComparison.Ordinal);
        Assert.NotEqual(old, await File.ReadAllTextAsync(path));

        await using (var after = Build())
        {
            Assert.Equal(Secret, await after.GetRequiredService<ISecrets>().OpenAsync(organization, "t", "c", row, blob, default));
            Assert.Equal("who", after.GetRequiredService<IDataProtectionProvider>().CreateProtector("test").Unprotect(cookie));
        }

        await using var withOld = Build(("Omni:MasterKey", old.Trim()));
        await Assert.ThrowsAnyAsync<CryptographicException>(async () => await withOld.GetRequiredService<ISecrets>().OpenAsync(organization, "t", "c", row, blob, default));
    }

    [Fact]
    public async Task A_configured_key_is_replaced_by_naming_the_old_one_until_the_rotation_ran()
    {
        var (first, second) = (NewKey(), NewKey());
        byte[] blob;
        Guid organization;
        var row = OmniId.New();
        await using (var before = Build(("Omni:MasterKey", first)))
        {
            organization = await OrganizationAsync(before);
            blob = await before.GetRequiredService<ISecrets>().SealAsync(organization, "t", "c", row, Secret, default);
        }

        await IdentityModule.RotateMasterKeyAsync(Configuration(("Omni:MasterKey", second), ("Omni:PreviousMasterKeys", first)), _database, default);

        await using var after = Build(("Omni:MasterKey", second));
        Assert.Equal(Secret, await after.GetRequiredService<ISecrets>().OpenAsync(organization, "t", "c", row, blob, default));
    }

    [Theory]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    [InlineData("c2hvcnQ=")]
    [InlineData("not base64")]
    public async Task A_weak_or_malformed_master_key_is_refused(string key)
    {
        await using var omni = Build(("Omni:MasterKey", key));
        Assert.ThrowsAny<Exception>(() => omni.GetRequiredService<ISecrets>());
    }

    [Fact]
    public async Task Keys_are_in_the_database_only_wrapped()
    {
        await using var omni = Build();
        omni.GetRequiredService<IDataProtectionProvider>().CreateProtector("test").Protect("who");
        var dump = await Dump.OfAsync(_database);
        Assert.Contains("protection key-", dump, StringComparison.Ordinal);
        Assert.DoesNotContain(Convert.ToHexStringLower("masterKey"u8), dump, StringComparison.Ordinal); // the framework's XML in the clear
    }

    private static string NewKey() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

    private IConfiguration Configuration(params (string Key, string Value)[] settings) => new ConfigurationBuilder()
        .AddInMemoryCollection([new("Omni:DataDirectory", _folder), .. settings.Select(s => new KeyValuePair<string, string?>(s.Key, s.Value))]).Build();

    private ServiceProvider Build(params (string Key, string Value)[] settings)
    {
        var services = new ServiceCollection();
        services.AddSingleton(Configuration(settings));
        services.AddLogging();
        services.AddOmniOptions();
        services.AddData(_database);
        services.AddEvents(null);
        services.AddIdentity();
        return services.BuildServiceProvider();
    }

    private static async Task<Guid> OrganizationAsync(ServiceProvider omni)
    {
        var organization = new Organization("Ours", $"ours-{OmniId.New():N}", DateTimeOffset.UtcNow);
        await using var db = await omni.GetRequiredService<IOmniDbFactory>().OpenAsync(organization.Id, default);
        db.Organizations.Add(organization);
        await db.CommitAsync(default);
        return organization.Id;
    }
}
