using System.Text.Json;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Options;
using Omni.Core.Channels;
using Omni.Core.Common;
using Omni.Core.Identity;
using Omni.Core.Operations;
using Omni.Core.Sandbox;

namespace Omni.Infrastructure.Sandbox;

/// <inheritdoc cref="ISandboxWire"/>
internal sealed class SandboxWire(
    IHttpClientFactory clients, IServer server, IPublicAddress address, IOptions<OmniOptions> options, SandboxLedger ledger, IChannelPolls polls, TimeProvider clock) : ISandboxWire
{
    /// <summary>Name of the HTTP client.</summary>
    public const string Client = "sandbox-webhooks";

    private const int MostAttempts = 5;
    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(200);

    public async Task DeliverAsync(SandboxAccount account, SandboxEntry entry, CancellationToken ct)
    {
        if (CredentialForm.Of(account.Kind) is { IsPolled: true })
        {
            // It lies in the pretend account's mailbox from here on, and Omni is told to look soon.
            entry.AnswerStatus = 200;
            await ledger.AddAsync(entry);
            await polls.HurryAsync(account.OrganizationId, account.ChannelId, echoes: false, ct);
            return;
        }

        var started = clock.GetTimestamp();
        var url = new Uri(Root(), $"webhooks/{Names.Of(account.Kind)}/{account.ChannelId}");
        try
        {
            var wait = FirstWait;
            for (entry.Attempts = 1; ; entry.Attempts++, wait *= 2)
            {
                (entry.AnswerStatus, entry.Answer) = await PostAsync(url, entry, ct);
                if (entry.AnswerStatus == 200 || entry.Attempts == MostAttempts)
                {
                    break;
                }

                await Task.Delay(wait, clock, ct);
            }
        }
        finally
        {
            entry.TookMs = (int)clock.GetElapsedTime(started).TotalMilliseconds;
            await ledger.AddAsync(entry);
        }
    }

    private async Task<(int Status, string? Answer)> PostAsync(Uri url, SandboxEntry entry, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new ByteArrayContent(entry.Body) };
        request.Content.Headers.ContentType = new("application/json");
        foreach (var (name, value) in JsonSerializer.Deserialize<Dictionary<string, string>>(entry.Headers) ?? [])
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        try
        {
            using var response = await clients.CreateClient(Client).SendAsync(request, ct);
            return ((int)response.StatusCode, SandboxLedger.Cut(await response.Content.ReadAsStringAsync(ct)));
        }
        catch (Exception failure) when (failure is HttpRequestException || (failure is OperationCanceledException && !ct.IsCancellationRequested))
        {
            return (0, "There was no answer.");
        }
    }

    /// <summary>Where this program listens; a node without pages reaches one with them by the installation's address.</summary>
    private Uri Root()
    {
        var own = options.Value.ServesWeb ? server.Features.Get<IServerAddressesFeature>()?.Addresses ?? [] : [];
        var listening = own.FirstOrDefault(a => a.StartsWith("http://", StringComparison.OrdinalIgnoreCase)) ?? own.FirstOrDefault();
        if (listening is null)
        {
            return new Uri(address.Of("/"));
        }

        // "every address of this machine" is reached by the machine's own one
        return new Uri(listening.Replace("//[::]", "//127.0.0.1", StringComparison.Ordinal).Replace("//0.0.0.0", "//127.0.0.1", StringComparison.Ordinal)
            .Replace("//+", "//127.0.0.1", StringComparison.Ordinal).Replace("//*", "//127.0.0.1", StringComparison.Ordinal).TrimEnd('/') + "/");
    }
}
