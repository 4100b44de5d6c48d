using System.Text;
using System.Text.Json.Nodes;
using Omni.Core.Common;
using Omni.Core.Sandbox;

namespace Omni.Web.Sandbox;

/// <summary>The sandbox in the shapes of the public contract.</summary>
internal static class SandboxShapes
{
    internal static object Of(SandboxBehaviour behaviour) => new
    {
        slowMs = behaviour.SlowMs,
        error = Names.Of(behaviour.Error),
        lostAnswer = behaviour.LostAnswer,
        tokenExpired = behaviour.TokenExpired,
        windowClosed = behaviour.WindowClosed,
    };

    internal static object Of(SandboxEntry entry) => Of(new SandboxLine(entry, true, null));

    internal static object Of(SandboxLine line)
    {
        var entry = line.Entry;
        return new
        {
            id = entry.Id,
            kind = Names.Of(entry.Kind),
            at = entry.At,
            contact = new { id = entry.ContactId, name = entry.ContactName },
            messageId = entry.MessageId,
            type = entry.Type,
            text = entry.Text,
            aboutId = entry.AboutId,
            buttons = entry.Choices is null ? null : JsonNode.Parse(entry.Choices),
            body = Encoding.UTF8.GetString(entry.Body),
            headers = JsonNode.Parse(entry.Headers),
            signed = line.IsSigned,
            answer = new { status = entry.AnswerStatus, body = entry.Answer },
            tookMs = entry.TookMs,
            attempts = entry.Attempts,
            omni = line.Omni is { } omni ? new { messageId = omni.MessageId, conversationId = omni.ConversationId, status = Names.Of(omni.Status), error = omni.Error } : null,
        };
    }
}
