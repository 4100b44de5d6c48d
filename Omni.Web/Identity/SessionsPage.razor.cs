using Microsoft.AspNetCore.Components;
using Omni.Core.Common;
using Omni.Core.Identity;
using Omni.Web.Shared;

namespace Omni.Web.Identity;

/// <summary>Where a person is signed in, and their API tokens.</summary>
public sealed partial class SessionsPage(SessionService sessions, ApiTokenService tokens, TimeProvider clock)
{
    private readonly HashSet<string> _scopes = [];
    private ApiTokenView? _made;
    private ApiTokenView? _revoking;
    private bool _isMaking;
    private string? _name;
    private int _days = 90;

    [CascadingParameter] private Reader Reader { get; set; } = Reader.In(null);

    /// <inheritdoc/>
    protected override async Task<Result<SessionsContent>> FetchAsync(Actor actor)
    {
        if (!(await SessionAsync()).Succeeded(out var me, out var refusal)
            || !(await sessions.ListAsync(me, CancellationToken.None)).Succeeded(out var open, out refusal)
            || !(await tokens.ListAsync(actor, CancellationToken.None)).Succeeded(out var made, out refusal))
        {
            return refusal;
        }

        return new SessionsContent(me.SessionId, clock.GetUtcNow(), [.. open.Select(SessionView.Of)], made);
    }

    private void Begin()
    {
        (_isMaking, _made, _name) = (true, null, null);
        _scopes.Clear();
        Errors.Clear();
    }

    private void Choose(string scope, bool chosen) => _ = chosen ? _scopes.Add(scope) : _scopes.Remove(scope);

    private async Task MakeAsync()
    {
        if (await DoAsync(async actor =>
        {
            var result = await tokens.CreateAsync(actor, _name, _scopes, clock.GetUtcNow().AddDays(_days), CancellationToken.None);
            _made = result.Refusal is null ? result.Value : null;
            return result;
        }))
        {
            _isMaking = false;
            await ReadAsync();
        }
    }

    private async Task RevokeAsync()
    {
        var token = _revoking!;
        await DoAsync(actor => tokens.DeleteAsync(actor, token.Id, CancellationToken.None), $"{token.Name} is revoked.");
        _revoking = null;
        await ReadAsync();
    }

    private async Task EndAsync(SessionView session)
    {
        await DoForSessionAsync(me => sessions.EndAsync(me, session.Id, CancellationToken.None), $"The session on {Devices.Name(session.Device)} is ended.");
        await ReadAsync();
    }

    private async Task EndOthersAsync()
    {
        await DoForSessionAsync(me => sessions.EndOthersAsync(me, CancellationToken.None), "All other sessions are ended.");
        await ReadAsync();
    }
}
