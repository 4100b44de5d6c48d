using System.Net.Security;
using System.Net.Sockets;
using System.Text;

namespace Omni.Infrastructure.Identity.Mail;

/// <summary>One conversation with a mail server (RFC 5321), for one letter.</summary>
internal sealed class SmtpConnection : IAsyncDisposable
{
    private const int LongestAnswer = 64 * 1024;

    private readonly TcpClient _tcp = new();
    private Stream? _stream;
    private StreamReader? _reader;

    public async ValueTask DisposeAsync()
    {
        _reader?.Dispose();
        await (_stream?.DisposeAsync() ?? ValueTask.CompletedTask);
        _tcp.Dispose();
    }

    /// <summary>Connects, protects the connection and signs in.</summary>
    /// <exception cref="SmtpFailure">The server refused something.</exception>
    internal async Task OpenAsync(SmtpOptions options, CancellationToken ct)
    {
        await _tcp.ConnectAsync(options.Host!, options.Port, ct);
        Use(_tcp.GetStream());
        if (options.Security == SmtpSecurity.Tls)
        {
            await ProtectAsync(options.Host!, ct);
        }

        await ExpectAsync("2", ct);
        var extensions = await SayAsync("EHLO omni", "2", ct);
        if (options.Security == SmtpSecurity.StartTls)
        {
            await SayAsync("STARTTLS", "2", ct); // a server that cannot is refused: the letter must not travel in the clear
            await ProtectAsync(options.Host!, ct);
            extensions = await SayAsync("EHLO omni", "2", ct);
        }

        if (options.User is { Length: > 0 } user)
        {
            await SignInAsync(user, options.Password ?? "", extensions, ct);
        }
    }

    /// <summary>Hands one letter over; when this returns the server has taken it.</summary>
    internal async Task SendAsync(string from, string to, string letter, CancellationToken ct)
    {
        await SayAsync($"MAIL FROM:<{from}>", "2", ct);
        await SayAsync($"RCPT TO:<{to}>", "2", ct);
        await SayAsync("DATA", "3", ct);
        var lines = letter.ReplaceLineEndings("\n").Split('\n').Select(l => l.StartsWith('.') ? "." + l : l);
        await SayAsync(string.Join("\r\n", lines) + "\r\n.", "2", ct);
        await SayAsync("QUIT", "2", ct);
    }

    private async Task SignInAsync(string user, string password, string extensions, CancellationToken ct)
    {
        if (extensions.Split('\n').Any(l => l.Contains("AUTH", StringComparison.OrdinalIgnoreCase) && l.Contains("PLAIN", StringComparison.OrdinalIgnoreCase)))
        {
            await SayAsync("AUTH PLAIN " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"\0{user}\0{password}")), "2", ct);
            return;
        }

        await SayAsync("AUTH LOGIN", "3", ct);
        await SayAsync(Convert.ToBase64String(Encoding.UTF8.GetBytes(user)), "3", ct);
        await SayAsync(Convert.ToBase64String(Encoding.UTF8.GetBytes(password)), "2", ct);
    }

    private async Task ProtectAsync(string host, CancellationToken ct)
    {
        var tls = new SslStream(_stream!);
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = host }, ct);
        Use(tls); // with a new reader: what was sent in the clear before the handshake must not count after it
    }

    private void Use(Stream stream) => (_stream, _reader) = (stream, new StreamReader(stream, Encoding.UTF8, false, 4096, leaveOpen: true));

    private async Task<string> SayAsync(string line, string expected, CancellationToken ct)
    {
        await _stream!.WriteAsync(Encoding.UTF8.GetBytes(line + "\r\n"), ct);
        await _stream.FlushAsync(ct);
        return await ExpectAsync(expected, ct);
    }

    private async Task<string> ExpectAsync(string expected, CancellationToken ct)
    {
        var answer = new StringBuilder();
        while (true)
        {
            var line = await _reader!.ReadLineAsync(ct) ?? throw new IOException("The mail server closed the connection.");
            answer.Append(line).Append('\n');
            if (answer.Length > LongestAnswer)
            {
                throw new IOException("The mail server does not stop talking.");
            }

            if (line.Length < 4 || line[3] != '-')
            {
                return line.StartsWith(expected, StringComparison.Ordinal) ? answer.ToString() : throw new SmtpFailure(line);
            }
        }
    }
}

/// <summary>A mail server refused. Its words may hold an address and are not logged, only the code.</summary>
internal sealed class SmtpFailure(string answer) : Exception("The mail server refused.")
{
    /// <summary>The three digits; 5xx will not get better by trying again.</summary>
    internal string Code { get; } = answer.Length >= 3 ? answer[..3] : "???";

    internal bool IsFinal => Code[0] == '5';
}
