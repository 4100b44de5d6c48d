using System.Text;
using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Omni.Core.Common;
using Omni.Core.Identity;

namespace Omni.Infrastructure.Identity.Mail;

/// <summary>Sends letters one after the other in the background. Letters live in memory only: one that a crash takes is asked for again, and its link shows as not mailed.</summary>
internal sealed partial class Mailer(IOptions<SmtpOptions> options, TimeProvider clock, ILogger<Mailer> log) : BackgroundService, IMailer
{
    private const int MostWaiting = 1_000;
    private static readonly TimeSpan[] Waits = [TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(15), TimeSpan.FromMinutes(1)];
    private static readonly TimeSpan OneTry = TimeSpan.FromSeconds(30);

    private readonly Channel<Core.Identity.Mail> _waiting = Channel.CreateBounded<Core.Identity.Mail>(MostWaiting);

    public bool IsConfigured => options.Value.Host is { Length: > 0 };

    public void Enqueue(Core.Identity.Mail mail)
    {
        if (!IsConfigured || !_waiting.Writer.TryWrite(mail))
        {
            Dropped();
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var mail in _waiting.Reader.ReadAllAsync(stoppingToken))
        {
            await SendAsync(mail, stoppingToken);
        }
    }

    private async Task SendAsync(Core.Identity.Mail mail, CancellationToken ct)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                await SendOnceAsync(mail, ct);
                if (mail.OnMailed is { } tell)
                {
                    await tell(ct);
                }

                return;
            }
            catch (Exception failure) when (!ct.IsCancellationRequested)
            {
                if (attempt == Waits.Length || failure is SmtpFailure { IsFinal: true })
                {
                    GivenUp(failure.GetType().Name, (failure as SmtpFailure)?.Code);
                    return;
                }

                Failed(attempt + 1, failure.GetType().Name, (failure as SmtpFailure)?.Code);
                await Task.Delay(Waits[attempt], clock, ct);
            }
        }
    }

    private async Task SendOnceAsync(Core.Identity.Mail mail, CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(OneTry);
        await using var connection = new SmtpConnection();
        await connection.OpenAsync(options.Value, limit.Token);
        await connection.SendAsync(options.Value.From!, mail.To, Compose(mail), limit.Token);
    }

    private string Compose(Core.Identity.Mail mail)
    {
        var from = options.Value.From!;
        var body = Convert.ToBase64String(Encoding.UTF8.GetBytes(mail.Text.ReplaceLineEndings("\r\n")), Base64FormattingOptions.InsertLineBreaks);
        return $"""
            Date: {clock.GetUtcNow():ddd, dd MMM yyyy HH:mm:ss} +0000
            From: {Encoded(options.Value.FromName)} <{from}>
            To: <{mail.To}>
            Subject: {Encoded(mail.Subject)}
            Message-ID: <{OmniId.New():N}@{from.Split('@')[^1]}>
            Auto-Submitted: auto-generated{(mail.Unsubscribe is null ? "" : $"\r\nList-Unsubscribe: <{mail.Unsubscribe}>")}
            MIME-Version: 1.0
            Content-Type: text/plain; charset=utf-8
            Content-Transfer-Encoding: base64

            {body}
            """;
    }

    // RFC 2047, in pieces of at most 45 bytes so that no encoded word is over 75 characters.
    private static string Encoded(string text) => text.All(c => c is >= ' ' and <= '~')
        ? text
        : string.Join("\r\n ", text.EnumerateRunes().Chunk(11).Select(c => $"=?utf-8?B?{Convert.ToBase64String(Encoding.UTF8.GetBytes(string.Concat(c)))}?="));

    [LoggerMessage(Level = LogLevel.Warning, Message = "A letter could not be sent (try {Attempt}): {Failure} {Code}")]
    private partial void Failed(int attempt, string failure, string? code);

    [LoggerMessage(Level = LogLevel.Error, Message = "A letter was given up: {Failure} {Code}. Its link shows as not mailed")]
    private partial void GivenUp(string failure, string? code);

    [LoggerMessage(Level = LogLevel.Error, Message = "A letter was not taken: no mail server is configured, or too many letters wait")]
    private partial void Dropped();
}
