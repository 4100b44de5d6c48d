using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace Omni.Web.Operations.Logs;

/// <summary>Lines for a person at a terminal: time, level, where, message; an exception below.</summary>
internal sealed class TextLogFormatter(TimeProvider clock) : ConsoleFormatter(FormatterName)
{
    /// <summary>Its name among the console's formatters.</summary>
    internal const string FormatterName = "omni-text";

    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        var time = clock.GetLocalNow().ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture);
        var place = logEntry.Category[(logEntry.Category.LastIndexOf('.') + 1)..];
        var message = SecretScrubber.Scrub(logEntry.Formatter(logEntry.State, logEntry.Exception));
        textWriter.WriteLine($"{time} {JsonLogFormatter.LevelName(logEntry.LogLevel),-5} {place}: {message}");
        if (logEntry.Exception is { } failure)
        {
            textWriter.WriteLine(SecretScrubber.Scrub(failure.ToString()));
        }
    }
}
