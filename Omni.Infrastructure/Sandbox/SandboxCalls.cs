using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.EntityFrameworkCore;
using Omni.Core.Channels;
using Omni.Core.Common;
using Omni.Core.Sandbox;
using Omni.Infrastructure.Channels.Simulator;

namespace Omni.Infrastructure.Sandbox;

/// <summary>Answers Omni's calls of pretend platforms: finds the channel by the call's token, lets its platform answer, and notes what passed.</summary>
internal sealed class SandboxCalls(IEnumerable<ISandboxServer> servers, IOmniDbFactory dbs, IChannelCredentials credentials, SandboxLedger ledger, TimeProvider clock)
{
    private readonly Dictionary<ChannelKind, ISandboxServer> _servers = servers.ToDictionary(s => s.Kind);

    /// <summary>Answers one call.</summary>
    /// <param name="kinds">The platforms behind the address that was called; the first one answers calls of nobody's.</param>
    /// <param name="http">The call.</param>
    public async Task AnswerAsync(IReadOnlyList<ChannelKind> kinds, HttpContext http)
    {
        var (at, started) = (clock.GetUtcNow(), clock.GetTimestamp());
        var account = await FindAsync(kinds, _servers[kinds[0]].TokenOf(http.Request), http.RequestAborted);
        var server = _servers[account?.Kind ?? kinds[0]];
        var call = await server.AnswerAsync(http, account);
        if (account is null || call is null)
        {
            return;
        }

        // A cut connection has no answer, whatever was written into it.
        var isCut = http.Features.Get<IHttpRequestLifetimeFeature>() is SimulatedLifetime { IsCut: true };
        await ledger.AddAsync(new SandboxEntry
        {
            OrganizationId = account.OrganizationId,
            ChannelId = account.ChannelId,
            Kind = call.Kind,
            At = at,
            ContactId = call.ContactId,
            MessageId = call.MessageId,
            Type = call.Type,
            Text = call.Text,
            AboutId = call.AboutId,
            Choices = call.Choices.Count == 0 ? null : JsonSerializer.Serialize(call.Choices, JsonSerializerOptions.Web),
            Reference = call.Reference,
            Body = ((MemoryStream)http.Request.Body).ToArray(),
            AnswerStatus = isCut ? 0 : http.Response.StatusCode,
            Answer = isCut ? null : SandboxLedger.Cut(Encoding.UTF8.GetString(((MemoryStream)http.Response.Body).ToArray())),
            TookMs = (int)clock.GetElapsedTime(started).TotalMilliseconds,
        });
    }

    private async Task<SandboxAccount?> FindAsync(IReadOnlyList<ChannelKind> kinds, string? token, CancellationToken ct)
    {
        if (SandboxToken.Read(token) is not var (organizationId, channelId))
        {
            return null;
        }

        Channel? channel;
        await using (var db = await dbs.OpenAsync(organizationId, ct))
        {
            channel = await db.Channels.AsNoTracking().SingleOrDefaultAsync(c => c.Id == channelId && c.Sandbox && c.DeletedAt == null, ct);
        }

        return channel is not null && kinds.Contains(channel.Kind) && await credentials.OpenAsync(organizationId, channelId, ct) is { } access
            ? new SandboxAccount(organizationId, channelId, channel.Kind, channel.ExternalAccountId, access.Credentials, SandboxBehaviour.Of(channel.Settings))
            : null;
    }
}
