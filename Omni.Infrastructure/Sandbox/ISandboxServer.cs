using Microsoft.AspNetCore.Http;
using Omni.Core.Sandbox;

namespace Omni.Infrastructure.Sandbox;

/// <summary>The side of a pretend platform that Omni calls.</summary>
internal interface ISandboxServer : ISandboxPlatform
{
    /// <summary>The token a call was made with; null without one.</summary>
    string? TokenOf(HttpRequest request);

    /// <summary>Answers a call as the platform does.</summary>
    /// <param name="http">The call; its body is a stream in memory.</param>
    /// <param name="account">Whose token it was; null when nobody's, which the platform must refuse.</param>
    /// <returns>What the call was about; null when it need not be noted.</returns>
    Task<SandboxCall?> AnswerAsync(HttpContext http, SandboxAccount? account);
}

/// <summary>What a call of Omni's was about.</summary>
/// <param name="Kind">A message, a read mark or a typing sign.</param>
/// <param name="ContactId">To whom; empty when the call does not say.</param>
/// <param name="Type">Type of the message.</param>
internal sealed record SandboxCall(SandboxEntryKind Kind, string ContactId, string Type)
{
    /// <summary>The words.</summary>
    public string? Text { get; init; }

    /// <summary>The platform's id: of the message when it was taken, for a sign that of the customer's message.</summary>
    public string? MessageId { get; init; }

    /// <summary>The platform's id of the message that is answered or reacted to.</summary>
    public string? AboutId { get; init; }

    /// <summary>Buttons the customer can press.</summary>
    public IReadOnlyList<SandboxChoice> Choices { get; init; } = [];

    /// <summary>Omni's own id of the message.</summary>
    public Guid? Reference { get; init; }
}
