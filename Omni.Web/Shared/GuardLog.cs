namespace Omni.Web.Shared;

/// <summary>Log lines of <see cref="Guard"/>.</summary>
internal static partial class GuardLog
{
    [LoggerMessage(Level = LogLevel.Error, Message = "A page failed, code {Code}.")]
    internal static partial void Failed(ILogger log, Exception failure, string code);
}
