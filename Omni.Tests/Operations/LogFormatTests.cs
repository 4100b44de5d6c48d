using System.Diagnostics;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Omni.Core.Common;
using Omni.Core.Operations;
using Omni.Web.Operations.Logs;

namespace Omni.Tests.Operations;

public sealed partial class LogFormatTests
{
    private static readonly string[] Members = ["timestamp", "level", "service", "organizationId", "userId", "requestId", "message", "meta"];

    private readonly LoggerExternalScopeProvider _scopes = new();
    private readonly StringWriter _written = new();

    [Fact]
    public void A_line_is_one_object_with_exactly_the_agreed_members()
    {
        var organization = OmniId.New();
        var user = OmniId.New();
        using var outer = _scopes.Push(new LogScope(organization, user));
        using var inner = _scopes.Push(new Dictionary<string, object?> { ["RequestId"] = "0HN:1", ["channelKind"] = "whatsapp" });

        Applied(Logger(), 12, "two\nlines");

        var line = _written.ToString();
        Assert.Equal(1, line.Count(c => c == '\n'));
        var json = JsonDocument.Parse(line).RootElement;
        Assert.Equal(Members, json.EnumerateObject().Select(m => m.Name));
        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$", json.GetProperty("timestamp").GetString());
        Assert.Equal("info", json.GetProperty("level").GetString());
        Assert.Equal("omni", json.GetProperty("service").GetString());
        Assert.Equal(organization, json.GetProperty("organizationId").GetGuid());
        Assert.Equal(user, json.GetProperty("userId").GetGuid());
        Assert.Equal("0HN:1", json.GetProperty("requestId").GetString());
        Assert.Equal("Applied 12 items of two\nlines", json.GetProperty("message").GetString());
        var meta = json.GetProperty("meta");
        Assert.Equal("Omni.Some.Place", meta.GetProperty("category").GetString());
        Assert.Equal("Applied", meta.GetProperty("event").GetString());
        Assert.Equal(12, meta.GetProperty("count").GetInt32());
        Assert.Equal("whatsapp", meta.GetProperty("channelKind").GetString());
    }

    [Fact]
    public void Outside_of_requests_the_members_are_null()
    {
        Applied(Logger(), 1, "x");

        var json = JsonDocument.Parse(_written.ToString()).RootElement;
        Assert.All(["organizationId", "userId", "requestId"], name => Assert.Equal(JsonValueKind.Null, json.GetProperty(name).ValueKind));
    }

    [Fact]
    public void The_request_id_is_the_trace_id_that_a_failure_shows()
    {
        using var activity = new Activity("request").SetIdFormat(ActivityIdFormat.W3C).Start();

        Applied(Logger(), 1, "x");

        Assert.Equal(activity.TraceId.ToHexString(), JsonDocument.Parse(_written.ToString()).RootElement.GetProperty("requestId").GetString());
    }

    [Fact]
    public void An_exception_is_a_structure_without_secrets()
    {
        var failure = new InvalidOperationException("outer Password=s3cr3tPlanted;", new IOException("inner omni_at_s3cr3tPlanted"));

        Failed(Logger(), failure);

        var line = _written.ToString();
        var exception = JsonDocument.Parse(line).RootElement.GetProperty("meta").GetProperty("exception");
        Assert.Equal("System.InvalidOperationException", exception.GetProperty("type").GetString());
        Assert.Equal("System.IO.IOException", exception.GetProperty("inner").GetProperty("type").GetString());
        Assert.DoesNotContain("s3cr3t", line);
    }

    [Fact]
    public void A_member_with_a_secrets_name_is_not_written()
    {
        Careless(Logger(), "s3cr3tPlanted");

        var meta = JsonDocument.Parse(_written.ToString()).RootElement.GetProperty("meta");
        Assert.Equal("***", meta.GetProperty("accessToken").GetString());
    }

    private CapturingLogger Logger() => new(new JsonLogFormatter(TimeProvider.System), _scopes, _written);

    [LoggerMessage(LogLevel.Information, "Applied {Count} items of {Where}")]
    private static partial void Applied(ILogger logger, int count, string where);

    [LoggerMessage(LogLevel.Error, "It failed")]
    private static partial void Failed(ILogger logger, Exception failure);

    [LoggerMessage(LogLevel.Information, "Called with {AccessToken}")]
    private static partial void Careless(ILogger logger, string accessToken);

    private sealed class CapturingLogger(JsonLogFormatter formatter, LoggerExternalScopeProvider scopes, TextWriter output) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => scopes.Push(state);

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> format) =>
            formatter.Write(new LogEntry<TState>(logLevel, "Omni.Some.Place", eventId, state, exception, format), scopes, output);
    }
}
