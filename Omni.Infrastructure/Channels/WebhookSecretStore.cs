using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using Npgsql;
using Omni.Core.Channels;
using Omni.Core.Common;
using Omni.Core.Identity;
using Omni.Infrastructure.Data;

namespace Omni.Infrastructure.Channels;

/// <summary>
/// Finds the secrets of webhook paths: the installation's from its configuration, a channel's from its row. Anybody can ask for any
/// channel id, so answers are kept for a short while, also the answer "nobody".
/// </summary>
internal sealed class WebhookSecretStore(NpgsqlDataSource database, ISecrets secrets, IOptions<MetaOptions> meta, IOptions<TikTokOptions> tiktok, TimeProvider clock) : IWebhookSecrets
{
    private const int MostKept = 10_000;
    private static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(10);
    private readonly ConcurrentDictionary<(ChannelKind Kind, Guid ChannelId), (WebhookSecrets? Found, long At)> _kept = new();

    public ValueTask<WebhookSecrets?> FindAsync(ChannelKind kind, Guid? channelId, CancellationToken ct)
    {
        if (channelId is not { } id)
        {
            return new(OfInstallation(kind));
        }

        return _kept.TryGetValue((kind, id), out var kept) && clock.GetElapsedTime(kept.At) < MaxAge ? new(kept.Found) : ReadAsync(kind, id, ct);
    }

    private WebhookSecrets? OfInstallation(ChannelKind kind)
    {
        if (kind == ChannelKind.TikTok)
        {
            return tiktok.Value.AppSecret is { Length: > 0 } secret ? new WebhookSecrets(null, null, "", [secret], []) : null;
        }

        var app = meta.Value;
        return kind is ChannelKind.WhatsApp or ChannelKind.Messenger or ChannelKind.Instagram && app.AppSecret.Length > 0
            ? new WebhookSecrets(null, null, "", [app.AppSecret], app.VerifyToken.Length > 0 ? [app.VerifyToken] : [])
            : null;
    }

    private async ValueTask<WebhookSecrets?> ReadAsync(ChannelKind kind, Guid id, CancellationToken ct)
    {
        var at = clock.GetTimestamp(); // a clock that is set back must not keep an old secret
        var found = await FindChannelAsync(kind, id, ct);
        if (_kept.Count >= MostKept)
        {
            _kept.Clear();
        }

        _kept[(kind, id)] = (found, at);
        return found;
    }

    private async Task<WebhookSecrets?> FindChannelAsync(ChannelKind kind, Guid id, CancellationToken ct)
    {
        // The organization is not known yet, hence the worker's role.
        await using var batch = database.CreateBatch();
        batch.BatchCommands.Add(Walls.AsWorker());
        batch.BatchCommands.Add(new NpgsqlBatchCommand(
            "select organization_id, credentials, app_secret_hash, sandbox from channels where id = $1 and kind = $2 and deleted_at is null and app_secret_hash is not null")
        {
            Parameters = { new() { Value = id }, new() { Value = Names.Of(kind) } },
        });
        Guid organizationId;
        byte[] credentials;
        string app;
        bool sandbox;
        await using (var reader = await batch.ExecuteReaderAsync(ct))
        {
            await reader.NextResultAsync(ct);
            if (!await reader.ReadAsync(ct))
            {
                return null;
            }

            (organizationId, credentials, app, sandbox) = (reader.GetGuid(0), reader.GetFieldValue<byte[]>(1), reader.GetString(2), reader.GetBoolean(3));
        }

        var opened = await secrets.OpenAsync(organizationId, id, credentials, ct);
        return opened.TryGetValue(CredentialNames.AppSecret, out var appSecret)
            ? new WebhookSecrets(organizationId, id, app, [appSecret], opened.TryGetValue(CredentialNames.VerifyToken, out var token) ? [token] : []) { Sandbox = sandbox }
            : null;
    }
}
