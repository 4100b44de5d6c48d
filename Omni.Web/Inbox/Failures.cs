using System.Diagnostics;
using Omni.Core.Common;

namespace Omni.Web.Inbox;

/// <summary>Failures of reading as the page tells them: plain words, and a code that finds the entry in the log.</summary>
internal static partial class Failures
{
    /// <summary>Logs a failure and says it in plain words.</summary>
    internal static LoadError Tell(ILogger logger, Exception failure)
    {
        var code = $"INB-{(Activity.Current?.TraceId.ToHexString() ?? OmniId.New().ToString("N"))[^6..].ToUpperInvariant()}";
        Failed(logger, failure, code);
        return new LoadError(failure is TimeoutException ? "The server took too long." : "The server could not read them.", code);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Reading for an inbox page failed ({Code})")]
    private static partial void Failed(ILogger logger, Exception failure, string code);
}
