using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging.Console;
using Omni.Core.Operations;

namespace Omni.Web.Operations.Logs;

/// <summary>Sets up logs.</summary>
internal static class LoggingSetup
{
    /// <summary>Writes logs to standard output as <see cref="OmniOptions.Logs"/> says, with scopes and without secrets.</summary>
    internal static WebApplicationBuilder AddOmniLogging(this WebApplicationBuilder builder)
    {
        var form = builder.Configuration[$"{OmniOptions.Section}:{nameof(OmniOptions.Logs)}"] ?? "auto";
        var isText = form == "text" || (form == "auto" && !Console.IsOutputRedirected);
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Logging.ClearProviders();
        builder.Logging.AddConsole(console => console.FormatterName = isText ? TextLogFormatter.FormatterName : JsonLogFormatter.FormatterName);
        builder.Services.AddSingleton<ConsoleFormatter, JsonLogFormatter>();
        builder.Services.AddSingleton<ConsoleFormatter, TextLogFormatter>();
        // A line per request, query and scheduler step is for those who look for something: Logging:LogLevel brings them back.
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        builder.Logging.AddFilter("Microsoft.EntityFrameworkCore", LogLevel.Warning);
        builder.Logging.AddFilter("Npgsql", LogLevel.Warning);
        builder.Logging.AddFilter("Quartz", LogLevel.Warning);
        builder.Logging.AddFilter("System.Net.Http.HttpClient", LogLevel.Warning);
        return builder;
    }
}
