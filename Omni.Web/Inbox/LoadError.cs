namespace Omni.Web.Inbox;

/// <summary>Why something could not be read, as the page says it.</summary>
/// <param name="Words">Plain words.</param>
/// <param name="Code">What to tell whoever looks into the log.</param>
public sealed record LoadError(string Words, string Code);
