namespace Omni.Core.Identity;

/// <summary>Sends the product's own letters: verification, new password, invitation, digest.</summary>
public interface IMailer
{
    /// <summary>False when no mail server is configured: links must then be passed on by an administrator.</summary>
    bool IsConfigured { get; }

    /// <summary>Takes a letter to be sent soon. Does not wait and never throws; a letter that cannot be delivered is given up after some tries, and its link then shows as not mailed.</summary>
    void Enqueue(Mail mail);
}

/// <summary>One letter in plain text.</summary>
/// <param name="To">Address of the receiver.</param>
/// <param name="Subject">Subject line.</param>
/// <param name="Text">The letter.</param>
/// <param name="OnMailed">Called after a mail server took it; null when nobody needs to know.</param>
public sealed record Mail(string To, string Subject, string Text, Func<CancellationToken, Task>? OnMailed = null)
{
    /// <summary>Where the receiver stops letters of this kind (<c>List-Unsubscribe</c>); null for letters somebody asked for.</summary>
    public string? Unsubscribe { get; init; }
}
