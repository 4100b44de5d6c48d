using Omni.Core.Channels;
using Omni.Core.Inbox;

namespace Omni.Core.Sandbox;

/// <summary>A play channel as its owner plays with it.</summary>
/// <param name="Channel">The channel.</param>
/// <param name="Behaviour">What its platform does out of the ordinary.</param>
/// <param name="Types">What a customer can do there.</param>
/// <param name="Lines">What passed, oldest first, at most <see cref="MostLines"/>.</param>
/// <param name="Contacts">Who wrote so far, the one heard of last first.</param>
public sealed record SandboxView(
    ConnectedChannel Channel, SandboxBehaviour Behaviour, IReadOnlySet<SandboxMessageType> Types, IReadOnlyList<SandboxLine> Lines, IReadOnlyList<SandboxContact> Contacts)
{
    /// <summary>Lines shown at most: the newest.</summary>
    public const int MostLines = 300;
}

/// <summary>A pretend customer.</summary>
/// <param name="Id">The id on the platform.</param>
/// <param name="Name">The name.</param>
/// <param name="Words">The id for people.</param>
public sealed record SandboxContact(string Id, string Name, string Words);

/// <summary>One thing that passed, with what Omni made of it.</summary>
/// <param name="Entry">What passed.</param>
/// <param name="IsSigned">For deliveries: whether the signature fits the body, checked as the webhook address checks it.</param>
/// <param name="Omni">The message it became or is about; null when Omni has none.</param>
public sealed record SandboxLine(SandboxEntry Entry, bool IsSigned, SandboxOutcome? Omni);

/// <summary>What Omni has of a message.</summary>
/// <param name="MessageId">The message.</param>
/// <param name="ConversationId">Its conversation.</param>
/// <param name="Status">How far it is.</param>
/// <param name="Error">Why it failed, in words; null when it did not.</param>
/// <param name="Files">Its stored files: id and type.</param>
public sealed record SandboxOutcome(Guid MessageId, Guid ConversationId, MessageStatus Status, string? Error, IReadOnlyList<SandboxFile> Files);

/// <summary>A file of a message.</summary>
/// <param name="Id">The file.</param>
/// <param name="Type">image, audio, video, file or sticker.</param>
public sealed record SandboxFile(Guid Id, string Type);
