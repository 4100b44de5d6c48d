using Omni.Infrastructure.Data;
using Omni.Infrastructure.Events;
using Omni.Infrastructure.Identity;
using Omni.Infrastructure.Operations;
using Omni.Web;
using Omni.Web.Identity;
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

    if (call.Chosen == CommandLine.RotateMasterKey)
    {
        await call.Output.WriteLineAsync(await IdentityModule.RotateMasterKeyAsync(builder.Configuration, database.ConnectionString, call.Stop));
        return 0;
    }

    builder.Services.AddOmniOptions();
    builder.Services.AddData(database.ConnectionString);
    builder.Services.AddEvents(builder.Configuration[EventsModule.RedisKey]);
    builder.Services.AddIdentity();
    builder.Services.AddOmniSignIn(builder.Configuration);
    builder.Services.AddControllers();
    builder.Services.AddRazorComponents().AddInteractiveServerComponents();

    await using var app = builder.Build();
    app.UseOmniSignIn();
    app.MapStaticAssets();
    app.MapGet("/", () => "Omni");
    app.MapGet("/health/live", () => "alive");
    app.MapControllers();
    app.MapRazorComponents<App>().AddInteractiveServerRenderMode();
    await app.RunUntilStoppedAsync(database, call);
    return 0;
});
