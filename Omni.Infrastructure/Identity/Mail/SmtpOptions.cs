using System.ComponentModel.DataAnnotations;

namespace Omni.Infrastructure.Identity.Mail;

/// <summary><c>Smtp</c>: the mail server for the product's own letters. Without a host nothing is mailed.</summary>
internal sealed class SmtpOptions
{
    internal const string Section = "Smtp";

    /// <summary>Name or address of the server; null: none.</summary>
    public string? Host { get; init; }

    /// <summary>Port: 587 with STARTTLS, 465 with TLS from the start, 25 without.</summary>
    [Range(1, 65_535)]
    public int Port { get; init; } = 587;

    /// <summary>How the connection is protected.</summary>
    public SmtpSecurity Security { get; init; } = SmtpSecurity.StartTls;

    /// <summary>Name to sign in with; null: none.</summary>
    public string? User { get; init; }

    /// <summary>Password to sign in with.</summary>
    public string? Password { get; init; }

    /// <summary>Sender's address; required with a host.</summary>
    public string? From { get; init; }

    /// <summary>Sender's name.</summary>
    public string FromName { get; init; } = "Omni";
}

/// <summary>How a connection to a mail server is protected.</summary>
internal enum SmtpSecurity
{
    /// <summary>Not at all: only inside one machine or a trusted network.</summary>
    None,

    /// <summary>Begins plain and must change to TLS before anything is said.</summary>
    StartTls,

    /// <summary>TLS from the first byte.</summary>
    Tls,
}
