namespace Omni.Infrastructure.Common;

/// <summary>A request was not made because its address is not one that strangers may choose.</summary>
/// <param name="message">Which rule forbids it; never the resolved address, which would map the inner network for the asker.</param>
internal sealed class EgressRefusedException(string message) : HttpRequestException(HttpRequestError.ConnectionError, message)
{
    /// <summary>True when <paramref name="error"/> is, or was caused by, such a refusal.</summary>
    public static bool Caused(Exception? error) => error is EgressRefusedException || (error?.InnerException is { } inner && Caused(inner));
}
