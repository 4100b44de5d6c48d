using Omni.Core.Common;
using Omni.Core.Inbox;
using Omni.Core.Widget;

namespace Omni.Web.Widget;

/// <summary>What visitors' pages get, in the shapes of the public contract.</summary>
internal static class WidgetShapes
{
    internal static object Config(WidgetSite site, WidgetTeamView team, WidgetFiles files)
    {
        var settings = site.Settings;
        var dark = WidgetColors.Dark(settings.Theme.Color);
        return new
        {
            siteKey = site.SiteKey,
            organization = new { name = site.OrganizationName, logoUrl = site.LogoUrl },
            theme = new
            {
                color = settings.Theme.Color,
                onColor = WidgetColors.On(settings.Theme.Color),
                darkColor = dark,
                onDarkColor = WidgetColors.On(dark),
                position = Names.Of(settings.Theme.Position),
                mode = Names.Of(settings.Theme.Mode),
            },
            language = settings.Language,
            greeting = new { title = settings.Greeting.Title, text = settings.Greeting.Text },
            team = Team(team.State, team.Members.Select(m => new { name = m.Name, avatarUrl = WidgetFiles.AvatarOf(site.SiteKey, m.AvatarUrl) })),
            preChat = new
            {
                enabled = settings.PreChat.Enabled,
                fields = settings.PreChat.Fields.Select(f => new { key = f.Key, label = f.Label, type = Names.Of(f.Type), required = f.Required, options = f.Options }),
            },
            offline = new { enabled = settings.Offline.Enabled, text = settings.Offline.Text },
            identity = new { required = settings.Identity.Required },
            proactive = settings.Proactive.Select(p => new { id = p.Id, page = p.Page, afterSeconds = p.AfterSeconds, text = p.Text }),
            transcript = settings.Transcript,
            attachments = settings.Attachments.Enabled
                ? new { maxBytes = files.MaxBytes(site), accept = WidgetFileRule.Types }
                : new { maxBytes = 0L, accept = (IReadOnlyList<string>)[] },
            maxText = WidgetMessages.MaxTextLength,
            sound = settings.Sound,
        };
    }

    internal static object Team(WidgetTeamState state, object? members = null) => members is null
        ? new { state = Word(state), replyTime = Name(state.ReplyTime), backAt = state.BackAt }
        : new { state = Word(state), replyTime = Name(state.ReplyTime), backAt = state.BackAt, members };

    internal static object Of(VisitorStart start) => new
    {
        visitor = new { id = start.Visitor.Id, name = start.Visitor.Name, email = start.Visitor.Email, identified = start.Visitor.Identifier is not null },
        token = start.Token,
        unread = start.Unread,
        lastPosition = start.LastPosition,
    };

    internal static object Of(WidgetMessage message, string siteKey, WidgetFiles files) => new
    {
        id = message.Id,
        clientId = message.ClientId,
        position = message.Position,
        direction = message.IsVisitors ? "visitor" : "team",
        author = message.Author is { } author ? new { name = author.Name, avatarUrl = WidgetFiles.AvatarOf(siteKey, author.AvatarUrl) } : null,
        text = message.Text,
        attachments = message.Attachments.Select(a => Of(a, siteKey, files)),
        status = Names.Of(message.Status),
        at = message.At,
        editedAt = message.EditedAt,
        deletedAt = message.DeletedAt,
    };

    internal static object Of(AttachmentView file, string siteKey, WidgetFiles files) => new
    {
        id = file.Id,
        type = file.Type,
        name = file.Name,
        mime = file.Mime,
        size = file.Size,
        url = file.Url is null ? null : files.UrlOf(siteKey, file.Id),
    };

    private static string Word(WidgetTeamState state) => state.Online ? "online" : "offline";

    private static string? Name(WidgetReplyTime? time) => time is { } value ? Names.Of(value) : null;
}
