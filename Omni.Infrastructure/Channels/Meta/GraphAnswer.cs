using System.Net;
using System.Text.Json;

namespace Omni.Infrastructure.Channels.Meta;

/// <summary>What came back from one call of the Graph API.</summary>
internal abstract record GraphAnswer
{
    /// <summary>An HTTP answer.</summary>
    /// <param name="Status">Its status.</param>
    /// <param name="Body">Its JSON; undefined when it holds none.</param>
    /// <param name="RetryAfter">The wait it asks for, never negative.</param>
    public sealed record Answered(HttpStatusCode Status, JsonElement Body, TimeSpan? RetryAfter) : GraphAnswer
    {
        /// <summary>True for 2xx.</summary>
        public bool Ok => (int)Status is >= 200 and <= 299;

        /// <summary>The platform's own error object, where the answer holds one.</summary>
        public GraphError? Error { get; } = GraphError.Of(Body);
    }

    /// <summary>The request surely never reached the platform.</summary>
    /// <param name="Reason">Plain words.</param>
    public sealed record NotSent(string Reason) : GraphAnswer;

    /// <summary>The request, or a part of it, left; what became of it is not known.</summary>
    /// <param name="Reason">Plain words.</param>
    public sealed record Lost(string Reason) : GraphAnswer;
}

/// <summary>The error object of the Graph API (developers.facebook.com/docs/graph-api/guides/error-handling).</summary>
/// <param name="Code">Error code; null when the object has none.</param>
/// <param name="Subcode">Finer code.</param>
/// <param name="Message">The platform's words, the most exact ones.</param>
/// <param name="Transient">True when the platform says that trying again may help.</param>
internal sealed record GraphError(int? Code, int? Subcode, string? Message, bool Transient)
{
    /// <summary>Reads <c>error</c> of an answer; null when there is none.</summary>
    public static GraphError? Of(JsonElement body) => body.Member("error"u8) is { ValueKind: JsonValueKind.Object } error
        ? new GraphError(
            Number(error, "code"u8),
            Number(error, "error_subcode"u8),
            error.Member("error_data"u8).Text("details"u8) ?? error.Text("error_user_msg"u8) ?? error.Text("message"u8),
            error.Flag("is_transient"u8))
        : null;

    private static int? Number(JsonElement error, ReadOnlySpan<byte> name) =>
        error.Member(name) is { ValueKind: JsonValueKind.Number } value && value.TryGetInt32(out var number) ? number : null;
}
