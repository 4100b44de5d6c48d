using Omni.Infrastructure.Data;
using Omni.Infrastructure.Operations;
using Omni.Web.Operations;

return await CommandLine.RunAsync(args, async call =>
{
    var builder = HostSetup.CreateBuilder(call.Arguments);
    await using var database = await DataModule.PrepareAsync(builder.Configuration, call.Output, call.Stop);
    await HostSetup.MigrateAsync(database, call.Stop);
    if (call.Chosen == CommandLine.Migrate)
    {
        return 0;
    }

    builder.Services.AddOmniOptions();
    builder.Services.AddData(database.ConnectionString);

    await using var app = builder.Build();
    app.MapStaticAssets();
    app.MapGet("/", () => "Omni");
    app.MapGet("/health/live", () => "alive");
    await app.RunUntilStoppedAsync(database, call);
    return 0;
});
