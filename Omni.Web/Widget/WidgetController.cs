using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using Omni.Core.Common;
using Omni.Core.Media;
using Omni.Core.Widget;
using Omni.Web.Identity;
using Omni.Web.Media;
using Omni.Web.Shared.Api;

namespace Omni.Web.Widget;

/// <summary>The website chat, as visitors' pages call it. The visitor's token goes in the header X-Omni-Visitor.</summary>
[Route("widget/{siteKey}")]
public sealed class WidgetController(WidgetVisitors visitors, WidgetMessages messages, WidgetFiles files, WidgetTeam team, WidgetLetters letters, IWidgetReader reader, WidgetReceipts receipts)
    : WidgetCaller(visitors)
{
    private readonly WidgetVisitors _visitors = visitors;

    /// <summary>Everything a page needs to draw the chat.</summary>
    [HttpGet("config")]
    public async Task<IActionResult> Config(CancellationToken ct)
    {
        Response.Headers.CacheControl = "no-cache";
        var site = Site;
        return Answer<object>(WidgetShapes.Config(site, await team.ReadAsync(site, ct), files));
    }

    /// <summary>Takes in a visitor who opened the chat: 201 with a token for a new one, 200 for one who is known.</summary>
    [HttpPost("visitors")]
    public async Task<IActionResult> Begin(BeginVisitor body, CancellationToken ct)
    {
        if (Token is null && !(await Limits.NewVisitorAsync(HttpContext)).Succeeded(out _, out var refusal))
        {
            return Problems.From(HttpContext, refusal);
        }

        var draft = new VisitorDraft
        {
            Identifier = body.Identifier,
            Hmac = body.Hmac,
            Name = body.Name,
            Email = body.Email,
            Attributes = body.Attributes,
            Page = Page(body.Page),
            Referrer = body.Referrer,
            Language = body.Language,
            TimeZone = body.TimeZone,
            Browser = Devices.Name(Request.Headers.UserAgent),
        };
        var result = await _visitors.BeginAsync(Site, Token, draft, ct);
        return Answer(result, WidgetShapes.Of, result.Refusal is null && result.Value.Token is not null ? StatusCodes.Status201Created : StatusCodes.Status200OK);
    }

    /// <summary>The visitor's messages, oldest first within the page; without before and after the newest.</summary>
    /// <param name="before">Only older ones: a position, or nextCursor of the page before.</param>
    /// <param name="after">Only newer ones: a position, or nextCursor of the page before.</param>
    /// <param name="limit">Rows of a page, 1–200.</param>
    /// <param name="ct">Stops waiting.</param>
    [HttpGet("messages")]
    public Task<IActionResult> History(string? before, string? after, int? limit, CancellationToken ct) => ForVisitorAsync(
        visitor => HistoryAsync(visitor, before, after, Cursor.Limit(limit), ct), Limits.SignAsync, ct, page => page.Rows);

    /// <summary>Takes a message. It comes back on the stream with its client id.</summary>
    [HttpPost("messages")]
    public Task<IActionResult> Post(PostVisitorMessage body, CancellationToken ct) => ForVisitorAsync(
        visitor => messages.PostAsync(
            Site, visitor,
            new VisitorMessage(body.ClientId, body.Text) { Attachments = body.Attachments ?? [], Fields = body.Fields ?? [], Offline = body.Offline, Page = Page(body.Page) }, ct),
        Limits.MessageAsync, ct, clientId => new { clientId }, StatusCodes.Status202Accepted);

    /// <summary>Tells the team that the visitor is writing.</summary>
    [HttpPost("typing")]
    public Task<IActionResult> Typing(TypingBody body, CancellationToken ct) => ForVisitorAsync<Done>(
        async visitor =>
        {
            await messages.TypingAsync(visitor, body.Active, ct);
            return default(Done);
        },
        Limits.SignAsync, ct, status: StatusCodes.Status204NoContent);

    /// <summary>The visitor has seen everything up to a position.</summary>
    [HttpPost("read")]
    public Task<IActionResult> Read(ReadBody body, CancellationToken ct) =>
        ForVisitorAsync(visitor => messages.ReadAsync(Site, visitor, body.Position, ct), Limits.SignAsync, ct, status: StatusCodes.Status204NoContent);

    /// <summary>Uploads one file as multipart/form-data; its id goes into a message's attachments.</summary>
    [HttpPost("files"), DisableRequestSizeLimit, StreamedForm]
    [Consumes("multipart/form-data")]
    public Task<IActionResult> Upload(CancellationToken ct) => ForVisitorAsync(
        visitor => UploadForm.ReadAsync(Request, files.MaxBytes(Site), (content, name) => files.UploadAsync(Site, visitor, content, name, ct), ct),
        Limits.FileAsync, ct, file => new { id = file.Id, name = file.Name, mime = file.Mime, size = file.Size, type = file.Type }, StatusCodes.Status201Created);

    /// <summary>Reads a file by the signed address that came with its message.</summary>
    [HttpGet("files/{id:guid}")]
    [ProducesResponseType<byte[]>(StatusCodes.Status200OK, "application/octet-stream")]
    public async Task<IActionResult> File(Guid id, long e, string? s, CancellationToken ct) =>
        (await files.OpenAsync(Site, id, e, s, ct)).Succeeded(out var file, out var refusal) ? FileAnswer.Of(this, file, "cross-origin", "private, max-age=3600") : Problems.From(HttpContext, refusal);

    /// <summary>Reads the picture of a person of the team.</summary>
    [HttpGet("avatars/{userId:guid}/{key}")]
    [ProducesResponseType<byte[]>(StatusCodes.Status200OK, "image/webp")]
    public async Task<IActionResult> Avatar(Guid userId, string key, CancellationToken ct) =>
        (await files.OpenAvatarAsync(Site, userId, key, ct)).Succeeded(out var file, out var refusal) ? FileAnswer.Of(this, file, "cross-origin", "public, max-age=86400") : Problems.From(HttpContext, refusal);

    /// <summary>Mails the talk to an address.</summary>
    [HttpPost("transcript")]
    public Task<IActionResult> Transcript(TranscriptBody body, CancellationToken ct) =>
        ForVisitorAsync(visitor => letters.OrderTranscriptAsync(Site, visitor, body.Email, ct), Limits.LetterAsync, ct, status: StatusCodes.Status202Accepted);

    private async Task<Result<Page<object>>> HistoryAsync(WidgetVisitor visitor, string? before, string? after, int limit, CancellationToken ct)
    {
        if (!TryPlace(before, Guid.Empty, out var older))
        {
            return new Refusal.Invalid("before", "A position or a nextCursor is expected.");
        }

        if (!TryPlace(after, Guid.AllBitsSet, out var newer))
        {
            return new Refusal.Invalid("after", "A position or a nextCursor is expected.");
        }

        var site = Site;
        var (rows, more) = await reader.PageAsync(visitor, older, newer, limit, ct);
        receipts.Delivered(site, rows);
        var edge = rows.Count == 0 ? null : (newer is null ? rows[0] : rows[^1]).Place;
        return new Page<object>([.. rows.Select(m => WidgetShapes.Of(m, site.SiteKey, files))], more ? Cursor.Write(edge!.Position, edge.Id) : null, limit);
    }

    private static bool TryPlace(string? text, Guid edge, out WidgetPlace? place)
    {
        place = null;
        if (string.IsNullOrEmpty(text))
        {
            return true;
        }

        if (long.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var position))
        {
            place = new WidgetPlace(position, edge);
        }
        else if (Cursor.TryRead(text, out position, out Guid id))
        {
            place = new WidgetPlace(position, id);
        }

        return place is not null;
    }

    private static VisitorPage? Page(PageBody? page) => page is null ? null : new VisitorPage(page.Url, page.Title);
}
