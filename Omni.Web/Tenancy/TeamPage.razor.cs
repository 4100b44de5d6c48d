using Microsoft.AspNetCore.Components;
using Omni.Core.Common;
using Omni.Core.Identity;
using Omni.Core.Tenancy;
using Omni.Web.Shared;

namespace Omni.Web.Tenancy;

/// <summary>Members, their roles, and invitations.</summary>
public sealed partial class TeamPage(MemberService members, InvitationService invitations, Workspace workspace, TimeProvider clock)
{
    private readonly List<Member> _members = [];
    private IReadOnlyList<Invitation> _invitations = [];
    private InvitationLink? _link;
    private Member? _leaving;
    private string? _next;
    private bool _manages;
    private Guid _me;
    private MemberRole _mine;
    private MemberRole _role = MemberRole.Agent;
    private string? _email;
    private DateTimeOffset _now;

    [CascadingParameter] private Reader Reader { get; set; } = Reader.In(null);

    private IEnumerable<MemberRole> Roles => Enum.GetValues<MemberRole>().Where(r => r <= _mine);

    /// <inheritdoc/>
    protected override async Task<Refusal?> LoadAsync(Actor actor)
    {
        (_manages, _me, _mine, _now) = (actor.Is(MemberRole.Admin), actor.UserId, actor.Role, clock.GetUtcNow());
        if (!(await members.ListAsync(actor, null, Cursor.MaxLimit, CancellationToken.None)).Succeeded(out var page, out var refusal))
        {
            return refusal;
        }

        _members.Clear();
        _members.AddRange(page.Rows);
        _next = page.NextCursor;
        if (_manages)
        {
            _invitations = (await invitations.ListAsync(actor, CancellationToken.None)).Succeeded(out var waiting, out refusal) ? waiting : [];
        }

        return refusal;
    }

    private bool MayChange(Member member) => _manages && member.User.Id != _me && member.Membership.Role <= _mine;

    private Task<bool> MoreAsync() => DoAsync(async actor =>
    {
        var result = await members.ListAsync(actor, _next, Cursor.MaxLimit, CancellationToken.None);
        if (result.Succeeded(out var page, out _))
        {
            _members.AddRange(page.Rows);
            _next = page.NextCursor;
        }

        return result;
    });

    private async Task InviteAsync()
    {
        var email = _email?.Trim();
        if (await MakeLinkAsync(actor => invitations.InviteAsync(actor, email, null, _role, CancellationToken.None), email))
        {
            _email = null;
            await ReadAsync();
        }
    }

    private async Task RenewAsync(Invitation invitation)
    {
        await MakeLinkAsync(actor => invitations.RenewAsync(actor, invitation.Id, true, CancellationToken.None), invitation.Email);
        await ReadAsync();
    }

    private async Task<bool> MakeLinkAsync(Func<Actor, Task<Result<InvitationLink>>> make, string? who)
    {
        _link = null;
        var isDone = await DoAsync(async actor =>
        {
            var result = await make(actor);
            _link = result.Refusal is null ? result.Value : null;
            return result;
        });
        if (isDone)
        {
            Say(_link?.Url is null ? $"The invitation is on its way to {who}." : "The link is ready: copy it above and pass it on.");
        }

        return isDone;
    }

    private async Task WithdrawAsync(Invitation invitation)
    {
        await DoAsync(actor => invitations.WithdrawAsync(actor, invitation.Id, CancellationToken.None), "The invitation is withdrawn.");
        _link = _link?.Invitation.Id == invitation.Id ? null : _link;
        await ReadAsync();
    }

    private async Task ChangeAsync(Member member, string? role)
    {
        if (Enum.TryParse<MemberRole>(role, out var wanted))
        {
            await DoAsync(actor => members.ChangeAsync(actor, member.User.Id, wanted, null, CancellationToken.None), $"{member.User.DisplayName} is now {RoleWords.Of(wanted).ToLowerInvariant()}.");
            await ReadAsync();
        }
    }

    private async Task RemoveAsync()
    {
        var member = _leaving!;
        await DoAsync(actor => members.RemoveAsync(actor, member.User.Id, CancellationToken.None), $"{member.User.DisplayName} is removed.");
        _leaving = null;
        await ReadAsync();
        await workspace.RefreshDirectoryAsync(CancellationToken.None);
    }
}
