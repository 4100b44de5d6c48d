using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Mvc;
using Omni.Core.Operations;
using Omni.Web.Shared.Api;

namespace Omni.Web.Operations;

/// <summary>Who did what.</summary>
[Route("api/v1/audit-log")]
public sealed class AuditLogController(AuditLogService log) : OmniController
{
    /// <summary>Entries, newest first.</summary>
    [HttpGet]
    public Task<IActionResult> List(string? action, string? cursor, int? limit, CancellationToken ct) =>
        RunAsync(actor => log.ListAsync(actor, action, cursor, limit, ct), page => page.Rows.Select(Shape), scope: "operations:read");

    private static object Shape(AuditLine line) => new
    {
        id = line.Entry.Id,
        action = line.Entry.Action,
        target = line.Entry.Target,
        userId = line.Entry.UserId,
        userName = line.UserName,
        data = JsonNode.Parse(line.Entry.Data),
        address = line.Entry.Address,
        sessionId = line.Entry.SessionId,
        at = line.Entry.At,
    };
}
