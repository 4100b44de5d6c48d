using Omni.Core.Channels;

namespace Omni.Core.Sandbox;

/// <summary>How one platform is pretended: what its accounts and payloads look like. A further platform is one more of these.</summary>
public interface ISandboxPlatform
{
    /// <summary>The platform.</summary>
    ChannelKind Kind { get; }

    /// <summary>What a customer can do there.</summary>
    IReadOnlySet<SandboxMessageType> Types { get; }

    /// <summary>True when the platform reports that a message was delivered; some tell only that it was sent and read.</summary>
    bool ReportsDelivery => true;

    /// <summary>The credentials of a new account, under the names of its form, with the secret that signs its deliveries as <see cref="CredentialNames.AppSecret"/>.</summary>
    IReadOnlyDictionary<string, string> NewCredentials(string accountId, string token, string secret);

    /// <summary>An account's public name.</summary>
    string DisplayName(string accountId);

    /// <summary>A new customer's id, from a range nobody real can have.</summary>
    string NewContactId();

    /// <summary>What is wrong with an id given for a customer, in words; null when it can be pretended.</summary>
    string? BadContactId(string contactId);

    /// <summary>How a customer's id is written for people.</summary>
    string ContactWords(string contactId);

    /// <summary>The delivery for something a customer did, signed.</summary>
    /// <param name="account">The account.</param>
    /// <param name="message">What they did; checked, with its <see cref="SandboxMessage.ContactId"/>.</param>
    /// <param name="at">When the platform says it happened (UTC).</param>
    SandboxPayload Write(SandboxAccount account, SandboxMessage message, DateTimeOffset at);

    /// <summary>The delivery that reports a state of a message Omni sent, signed.</summary>
    /// <param name="account">The account.</param>
    /// <param name="send">The message.</param>
    /// <param name="status">delivered or read.</param>
    /// <param name="at">When it got there (UTC).</param>
    SandboxPayload Report(SandboxAccount account, SandboxEntry send, string status, DateTimeOffset at);

    /// <summary>A delivery once more, byte for byte, with the headers of a repetition: null where they are those of the first time.</summary>
    SandboxPayload? Again(SandboxAccount account, SandboxEntry first) => null;
}

/// <summary>A play channel with what its platform needs to pretend.</summary>
/// <param name="OrganizationId">The organization.</param>
/// <param name="ChannelId">The channel.</param>
/// <param name="Kind">The platform.</param>
/// <param name="AccountId">The platform's id of the account.</param>
/// <param name="Credentials">The channel's secrets.</param>
/// <param name="Behaviour">What it does out of the ordinary.</param>
public sealed record SandboxAccount(
    Guid OrganizationId, Guid ChannelId, ChannelKind Kind, string AccountId, IReadOnlyDictionary<string, string> Credentials, SandboxBehaviour Behaviour)
{
    /// <summary>Names only, so that a log line cannot leak a secret.</summary>
    public override string ToString() => $"SandboxAccount {{ ChannelId = {ChannelId} }}";
}

/// <summary>A signed delivery.</summary>
/// <param name="Body">The bytes.</param>
/// <param name="Headers">What belongs to them: the signature.</param>
/// <param name="MessageId">The platform's id of the message it is about.</param>
public sealed record SandboxPayload(byte[] Body, IReadOnlyDictionary<string, string> Headers, string MessageId);
