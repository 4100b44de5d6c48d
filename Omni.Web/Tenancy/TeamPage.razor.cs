using Microsoft.AspNetCore.Components;
using Omni.Core.Common;
using Omni.Core.Identity;
using Omni.Core.Tenancy;
using Omni.Web.Shared;

namespace Omni.Web.Tenancy;

/// <summary>Members, their roles, and invitations.</summary>
public sealed partial class TeamPage(
    MemberService members, InvitationService invitations, IMailer mailer, Workspace workspace, NavigationManager navigation, TimeProvider clock)
{
    private InvitationLink? _link;
    private TeamMember? _leaving;
    private MemberRole _role = MemberRole.Agent;
    private string? _email;

    [CascadingParameter] private Reader Reader { get; set; } = Reader.In(null);

    private IEnumerable<MemberRole> Roles => Enum.GetValues<MemberRole>().Where(r => r <= Content!.Role);

    /// <inheritdoc/>
    protected override async Task<Result<TeamContent>> FetchAsync(Actor actor)
    {
        IReadOnlyList<Invitation> waiting = [];
        if (!(await members.ListAsync(actor, null, Cursor.MaxLimit, CancellationToken.None)).Succeeded(out var page, out var refusal)
            || (actor.Is(MemberRole.Admin) && !(await invitations.ListAsync(actor, CancellationToken.None)).Succeeded(out waiting!, out refusal)))
        {
            return refusal;
        }

        return new TeamContent(actor.UserId, actor.Role, clock.GetUtcNow(), [.. page.Rows.Select(TeamMember.Of)], page.NextCursor, [.. waiting.Select(TeamInvitation.Of)]);
    }

    private bool MayChange(TeamMember member) => Content!.Manages && member.UserId != Content.Me && member.Role <= Content.Role;

    private Task<bool> MoreAsync() => DoAsync(async actor =>
    {
        var result = await members.ListAsync(actor, Content!.NextCursor, Cursor.MaxLimit, CancellationToken.None);
        if (result.Succeeded(out var page, out _))
        {
            Show(Content with { Members = [.. Content.Members, .. page.Rows.Select(TeamMember.Of)], NextCursor = page.NextCursor });
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

    private async Task RenewAsync(TeamInvitation invitation, bool reveal)
    {
        await MakeLinkAsync(actor => invitations.RenewAsync(actor, invitation.Id, reveal, CancellationToken.None), invitation.Email);
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
            Say(_link?.Url is null ? $"The invitation is on its way to {who}." : "The link is ready: copy it and pass it on.");
        }

        return isDone;
    }

    private async Task WithdrawAsync(TeamInvitation invitation)
    {
        await DoAsync(actor => invitations.WithdrawAsync(actor, invitation.Id, CancellationToken.None), "The invitation is withdrawn.");
        _link = _link?.Invitation.Id == invitation.Id ? null : _link;
        await ReadAsync();
    }

    private async Task ChangeAsync(TeamMember member, string? role)
    {
        if (Enum.TryParse<MemberRole>(role, out var wanted))
        {
            await DoAsync(actor => members.ChangeAsync(actor, member.UserId, wanted, null, CancellationToken.None), $"{member.Name} is now {RoleWords.Of(wanted).ToLowerInvariant()}.");
            await ReadAsync();
        }
    }

    private async Task RemoveAsync()
    {
        var member = _leaving!;
        var isMe = member.UserId == Content!.Me;
        if (!await DoAsync(actor => members.RemoveAsync(actor, member.UserId, CancellationToken.None), $"{member.Name} is removed."))
        {
            return; // the dialog says why
        }

        _leaving = null;
        if (isMe)
        {
            navigation.NavigateTo("/organizations", forceLoad: true);
            return;
        }

        await ReadAsync();
        await workspace.RefreshDirectoryAsync();
    }
}
