using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;
using Omni.Core.Operations;

namespace Omni.Web.Operations.Logs;

/// <summary>One JSON object a line: timestamp, level, service, organizationId, userId, requestId, message, meta. Everything else is in <c>meta</c>.</summary>
internal sealed class JsonLogFormatter(TimeProvider clock) : ConsoleFormatter(FormatterName)
{
    /// <summary>Its name among the console's formatters.</summary>
    internal const string FormatterName = "omni-json";

    private const string MessageTemplate = "{OriginalFormat}";

    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }; // a log line is no web page

    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            var scope = ScopeValues.Collect(scopeProvider);
            json.WriteStartObject();
            json.WriteString("timestamp", clock.GetUtcNow().UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
            json.WriteString("level", LevelName(logEntry.LogLevel));
            json.WriteString("service", "omni");
            json.WriteString("organizationId", scope.Take(LogScope.OrganizationId));
            json.WriteString("userId", scope.Take(LogScope.UserId));
            // The id that a failure shows to the person who met it.
            json.WriteString("requestId", Activity.Current?.TraceId.ToHexString() ?? scope.Take("RequestId"));
            json.WriteString("message", SecretScrubber.Scrub(logEntry.Formatter(logEntry.State, logEntry.Exception)));
            WriteMeta(json, logEntry.Category, logEntry.EventId, logEntry.State, logEntry.Exception, scope);
            json.WriteEndObject();
        }

        textWriter.WriteLine(Encoding.UTF8.GetString(buffer.WrittenSpan));
    }

    internal static string LevelName(LogLevel level) => level switch
    {
        LogLevel.Information => "info",
        LogLevel.Warning => "warn",
        _ => level.ToString().ToLowerInvariant(),
    };

    private static void WriteMeta(Utf8JsonWriter json, string category, EventId id, object? state, Exception? failure, ScopeValues scope)
    {
        json.WriteStartObject("meta");
        json.WriteString("category", category);
        if (id.Name is { Length: > 0 } name)
        {
            json.WriteString("event", name);
        }

        var written = new HashSet<string>(StringComparer.Ordinal) { "category", "event", "exception" };
        if (state is IReadOnlyList<KeyValuePair<string, object?>> members)
        {
            foreach (var (key, value) in members)
            {
                WriteMember(json, written, key, value);
            }
        }

        foreach (var (key, value) in scope.Others)
        {
            WriteMember(json, written, key, value);
        }

        if (failure is not null)
        {
            json.WritePropertyName("exception");
            WriteException(json, failure, depth: 0);
        }

        json.WriteEndObject();
    }

    private static void WriteMember(Utf8JsonWriter json, HashSet<string> written, string key, object? value)
    {
        var name = JsonNamingPolicy.CamelCase.ConvertName(key);
        if (key == MessageTemplate || !written.Add(name))
        {
            return;
        }

        json.WritePropertyName(name);
        switch (value)
        {
            case null:
                json.WriteNullValue();
                break;
            case var _ when SecretScrubber.IsSecret(name):
                json.WriteStringValue("***");
                break;
            case bool flag:
                json.WriteBooleanValue(flag);
                break;
            case int or long or short or byte:
                json.WriteNumberValue(Convert.ToInt64(value, CultureInfo.InvariantCulture));
                break;
            case double number when double.IsFinite(number):
                json.WriteNumberValue(number);
                break;
            default:
                json.WriteStringValue(SecretScrubber.Scrub(Convert.ToString(value, CultureInfo.InvariantCulture) ?? ""));
                break;
        }
    }

    private static void WriteException(Utf8JsonWriter json, Exception failure, int depth)
    {
        json.WriteStartObject();
        json.WriteString("type", failure.GetType().FullName);
        json.WriteString("message", SecretScrubber.Scrub(failure.Message));
        if (failure.StackTrace is { } stack)
        {
            json.WriteString("stack", SecretScrubber.Scrub(stack));
        }

        if (failure.InnerException is { } inner && depth < 5)
        {
            json.WritePropertyName("inner");
            WriteException(json, inner, depth + 1);
        }

        json.WriteEndObject();
    }
}
