using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Omni.Core.Channels;
using Omni.Core.Common;
using Omni.Core.Sandbox;
using Omni.Infrastructure.Channels.Simulator;

namespace Omni.Infrastructure.Sandbox;

/// <summary>Pretends Reddit: what passed is the account's mailbox, and Omni looks into it as it does at Reddit.</summary>
internal sealed class SandboxReddit(RedditSimulator simulator, IOmniDbFactory dbs) : ISandboxServer
{
    /// <summary>Longer than Reddit lets names be, so nobody real has such a one.</summary>
    private const string Nobody = "pretend_person_nobody_";

    private const int MostItems = 500;

    public ChannelKind Kind => ChannelKind.Reddit;

    public bool ReportsDelivery => false;

    public IReadOnlySet<SandboxMessageType> Types { get; } = new HashSet<SandboxMessageType> { SandboxMessageType.Text };

    public IReadOnlyDictionary<string, string> NewCredentials(string accountId, string token, string secret) => new Dictionary<string, string>
    {
        [CredentialNames.Username] = accountId,
        [CredentialNames.AccessToken] = token,
        [CredentialNames.AppSecret] = secret,
    };

    public string DisplayName(string accountId) => $"u/pretend_shop_{accountId[^4..]}";

    public string NewContactId() => Nobody + RandomNumberGenerator.GetString("0123456789", 6);

    public string? BadContactId(string contactId) =>
        contactId.StartsWith(Nobody, StringComparison.Ordinal) && contactId.Length <= 40 && contactId.All(c => char.IsAsciiDigit(c) || char.IsAsciiLetterLower(c) || c == '_')
            ? null
            : $"A pretend name begins with {Nobody}, which is longer than names at Reddit can be.";

    public string ContactWords(string contactId) => $"u/…{contactId[^6..]}";

    public SandboxPayload Write(SandboxAccount account, SandboxMessage message, DateTimeOffset at)
    {
        var item = new RedditItem(RedditMailbox.NewName("t4"), message.ContactId!, account.AccountId, message.Text!, at);
        return new SandboxPayload(Encoding.UTF8.GetBytes(item.Write().ToJsonString()), new Dictionary<string, string>(), item.Name);
    }

    public SandboxPayload Report(SandboxAccount account, SandboxEntry send, string status, DateTimeOffset at) => throw new NotSupportedException("Reddit reports nothing about messages.");

    public string? TokenOf(HttpRequest request) =>
        request.Headers.Authorization.ToString() is var header && header.StartsWith("bearer ", StringComparison.OrdinalIgnoreCase) ? header[7..] : null;

    public async Task<SandboxCall?> AnswerAsync(HttpContext http, SandboxAccount? account)
    {
        if (account is null)
        {
            http.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return null;
        }

        var mailbox = await OpenAsync(account, http.RequestAborted);
        var simulated = new SimulatedAccount(account.AccountId, account.AccountId, account.Credentials[CredentialNames.AccessToken], "") { Kind = Kind, Behaviour = SandboxGraph.Behaviour(account.Behaviour) };
        await simulator.AnswerAsync(http, simulated, mailbox);
        return (http.Request.Path.Value ?? "") switch
        {
            "/api/comment" or "/api/compose" => Read(http, mailbox),
            "/api/read_message" => new SandboxCall(SandboxEntryKind.Read, "", "") { MessageId = http.Request.Form["id"] },
            _ => null,
        };
    }

    /// <summary>The mailbox as it follows from what passed; the same on every node.</summary>
    private async Task<RedditMailbox> OpenAsync(SandboxAccount account, CancellationToken ct)
    {
        await using var db = await dbs.OpenAsync(account.OrganizationId, ct);
        var entries = await db.Set<SandboxEntry>().AsNoTracking()
            .Where(e => e.ChannelId == account.ChannelId && e.MessageId != null && (e.Kind == SandboxEntryKind.Inbound || e.Kind == SandboxEntryKind.Send))
            .OrderByDescending(e => e.Id).Take(MostItems).ToListAsync(ct);
        var mailbox = new RedditMailbox(account.AccountId);
        foreach (var entry in entries.OrderBy(e => e.Id))
        {
            var isOurs = entry.Kind == SandboxEntryKind.Send;
            mailbox.Add(new RedditItem(entry.MessageId!, isOurs ? account.AccountId : entry.ContactId, isOurs ? entry.ContactId : account.AccountId, entry.Text ?? "", entry.At));
        }

        return mailbox;
    }

    private static SandboxCall Read(HttpContext http, RedditMailbox mailbox)
    {
        var (form, taken) = (http.Request.Form, http.Items[typeof(LedgerSend)] as LedgerSend);
        return new SandboxCall(SandboxEntryKind.Send, taken?.Recipient ?? mailbox.Find(form["thing_id"])?.With(mailbox.Username) ?? form["to"].ToString(), "text")
        {
            Text = form["text"],
            MessageId = taken?.MessageId,
            AboutId = form["thing_id"],
        };
    }
}
