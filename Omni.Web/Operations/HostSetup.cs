using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Options;
using Npgsql;
using Omni.Core.Operations;
using Omni.Infrastructure.Data;

namespace Omni.Web.Operations;

/// <summary>How the host is made and run.</summary>
internal static class HostSetup
{
    /// <summary>Where Omni listens when nothing else is set.</summary>
    internal const string DefaultAddress = "http://localhost:5080";

    /// <summary>How long a stop may take, PostgreSQL included.</summary>
    private static readonly TimeSpan LongestStop = TimeSpan.FromSeconds(40);

    /// <summary>A builder whose files lie beside the program, whatever the current folder is.</summary>
    internal static WebApplicationBuilder CreateBuilder(string[] args)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
        builder.Host.UseDefaultServiceProvider(o => (o.ValidateOnBuild, o.ValidateScopes) = (true, true)); // a missing part stops the start, not a request
        var phase = new StartupPhase();
        builder.Services.AddSingleton(phase);
        // A start that fails is reported by the command line, in plain words; the host would add a stack trace of its own.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", level => phase.IsOver && level >= LogLevel.Information);
        builder.Logging.AddFilter("Quartz.Impl", level => phase.IsOver && level >= LogLevel.Warning); // it would tell of the connections that such a start cuts off
        builder.WebHost.UseStaticWebAssets(); // outside Development a program that was only built finds no other web files
        string[] addressKeys = ["urls", "http_ports", "https_ports"];
        if (addressKeys.All(k => string.IsNullOrEmpty(builder.Configuration[k])) && !builder.Configuration.GetSection("Kestrel:Endpoints").Exists())
        {
            builder.WebHost.UseUrls(DefaultAddress);
        }

        return builder;
    }

    /// <summary>Brings the schema up to date; tools that start no server migrate nothing.</summary>
    /// <exception cref="StartupException">The server cannot be reached, or signs in a superuser.</exception>
    internal static async Task MigrateAsync(PreparedDatabase database, CancellationToken ct)
    {
        if (!database.Reachable)
        {
            return;
        }

        try
        {
            await DataModule.MigrateAsync(database.ConnectionString, ct);
        }
        catch (Exception away) when ((away as NpgsqlException ?? (away as InvalidOperationException)?.InnerException as NpgsqlException) is { } unreachable)
        {
            // Entity Framework wraps a line that broke.
            throw new StartupException($"{DataModule.ConnectionStringKey}: the database cannot be prepared: {unreachable.Message}", unreachable);
        }
        catch (InvalidOperationException refused) when (refused.Message.StartsWith(DataModule.ConnectionStringKey, StringComparison.Ordinal))
        {
            throw new StartupException(refused.Message, refused);
        }
    }

    /// <summary>Starts the host, says where it listens, and runs it until a signal; the database server is stopped after it, by its owner.</summary>
    internal static async Task RunUntilStoppedAsync(this WebApplication app, PreparedDatabase database, CommandLineCall call)
    {
        app.Services.GetService<IStartupValidator>()?.Validate();
        app.Lifetime.ApplicationStopping.Register(() => EndAtLast(call.Output));
        await app.StartAsync(call.Stop);
        app.Services.GetRequiredService<StartupPhase>().IsOver = true;
        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses ?? [];
        var where = string.Join(", ", addresses);
        database.Announce(where);
        foreach (var line in OptionalParts.Missing(app.Environment.WebRootFileProvider))
        {
            await call.Output.WriteLineAsync(line);
        }

        await call.Output.WriteLineAsync($"Omni is ready: {where}, data in {database.DataDirectory}. Ctrl+C stops it.");
        await app.WaitForShutdownAsync(CancellationToken.None);
    }

    /// <summary>Ctrl+C ends the program, whatever a part of it still waits for (a job store that cannot reach its database waits without end). Nothing is lost: what counts is in the database.</summary>
    private static void EndAtLast(TextWriter output)
    {
        var watch = new Thread(() =>
        {
            using var never = new ManualResetEventSlim();
            never.Wait(LongestStop);
            output.WriteLine($"Not everything ended within {LongestStop.TotalSeconds:0} s; Omni ends now.");
            Environment.Exit(3);
        })
        { IsBackground = true };
        watch.Start();
    }

    private sealed class StartupPhase
    {
        public volatile bool IsOver;
    }
}
