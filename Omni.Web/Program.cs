using Omni.Infrastructure.Channels;
using Omni.Infrastructure.Contacts;
using Omni.Infrastructure.Data;
using Omni.Infrastructure.Events;
using Omni.Infrastructure.Identity;
using Omni.Infrastructure.Inbox;
using Omni.Infrastructure.Media;
using Omni.Infrastructure.Notifications;
using Omni.Infrastructure.Operations;
using Omni.Infrastructure.Sandbox;
using Omni.Infrastructure.Widget;
using Omni.Web.Channels;
using Omni.Web.Identity;
using Omni.Web.Operations;
using Omni.Web.Operations.Logs;
using Omni.Web.Shared;
using Omni.Web.Shared.Api;
using Omni.Web.Widget;

return await CommandLine.RunAsync(args, async call =>
{
    var builder = HostSetup.CreateBuilder(call.Arguments);
    builder.AddOmniLogging();
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

    var options = OperationsModule.ReadOptions(builder.Configuration);
    builder.Services.AddOmniOptions();
    builder.Services.AddData(database.ConnectionString);
    builder.Services.AddEvents(builder.Configuration[EventsModule.RedisKey]);
    builder.Services.AddIdentity();
    builder.Services.AddChannelConnections();
    builder.Services.AddChannelIntake();
    builder.Services.AddSandbox(options.Sandbox);
    builder.Services.AddContacts();
    builder.Services.AddInbox();
    builder.Services.AddMedia();
    builder.Services.AddNotifications();
    builder.Services.AddWidget();
    builder.Services.AddCallLimits();
    builder.Services.AddOperations(database.ConnectionString, $"{Environment.MachineName}-{Environment.ProcessId}");
    if (options.RunsWorkers)
    {
        builder.Services.AddChannelWorkers();
        builder.Services.AddNotificationWorkers();
        builder.Services.AddWidgetWorkers();
    }

    builder.AddOperationsWeb();
    builder.Services.AddOmniSignIn(builder.Configuration);
    builder.Services.AddOmniApi();
    builder.Services.AddPages();

    await using var app = builder.Build();
    app.UseForwardedHeaders();
    if (options.ServesWeb)
    {
        app.UseMiddleware<WebhookEntrance>();
    }

    app.UseSecurityHeaders();
    app.UseErrorPages();
    app.UseRouting();
    app.UseOmniApiErrors();
    app.UseOmniSignIn();
    app.UseOmniApiLimits();
    app.UseWidgetScripts();
    app.MapStaticAssets();
    app.MapOperations();
    if (options.ServesWeb)
    {
        app.MapOmniApi();
        app.MapPages();
    }

    await app.RunUntilStoppedAsync(database, call);
    return 0;
});
