using System.Globalization;
using Microsoft.AspNetCore.Http;
using Omni.Core.Channels;

namespace Omni.Infrastructure.Channels.Simulator;

/// <summary>Answers a valid send, rightly or in one of the ways in which a platform goes wrong.</summary>
internal static class SimulatorSends
{
    /// <summary>Answers.</summary>
    /// <param name="http">The request.</param>
    /// <param name="account">From which number.</param>
    /// <param name="failure">What goes wrong.</param>
    /// <param name="clock">Measures how long an answer is held back.</param>
    /// <param name="accept">Takes the message for good.</param>
    public static async Task AnswerAsync(HttpContext http, SimulatedAccount account, SimulatedFailure failure, TimeProvider clock, Func<LedgerSend> accept)
    {
        switch (failure)
        {
            case SimulatedFailure.TooMany:
                if (account.Behaviour.RetryAfter is { } after)
                {
                    http.Response.Headers.RetryAfter = ((long)after.TotalSeconds).ToString(CultureInfo.InvariantCulture);
                }

                await SimulatorReply.ErrorAsync(http, StatusCodes.Status429TooManyRequests, account.Kind == ChannelKind.WhatsApp ? 130429 : 613, "Rate limit hit");
                break;
            case SimulatedFailure.GraphError:
                await SimulatorReply.ErrorAsync(http, StatusCodes.Status400BadRequest, account.Behaviour.Code, "Simulated error", "Simulated details");
                break;
            case SimulatedFailure.ServerErrorWithBody:
                await SimulatorReply.ErrorAsync(http, StatusCodes.Status503ServiceUnavailable, account.Kind == ChannelKind.WhatsApp ? account.Behaviour.Code : 2, "Simulated error");
                break;
            case SimulatedFailure.ServerErrorWithoutBody:
                accept();
                http.Response.StatusCode = StatusCodes.Status502BadGateway;
                await http.Response.WriteAsync("<html>Bad gateway</html>", http.RequestAborted);
                break;
            case SimulatedFailure.LostAnswer:
                accept();
                http.Abort();
                break;
            case SimulatedFailure.DroppedRequest:
                http.Abort();
                break;
            case SimulatedFailure.Garbage:
                accept();
                await http.Response.WriteAsync("{\"messages\":[{}", http.RequestAborted);
                break;
            default:
                var send = accept();
                await Task.Delay(account.Behaviour.SlowAnswer, clock, CancellationToken.None);
                if (account.Kind != ChannelKind.WhatsApp)
                {
                    await SimulatorReply.JsonAsync(http, new { recipient_id = send.Recipient, message_id = send.MessageId });
                    break;
                }

                await SimulatorReply.JsonAsync(http, new
                {
                    messaging_product = "whatsapp",
                    contacts = new[] { new { input = send.Recipient, wa_id = send.Recipient } },
                    messages = new[] { new { id = send.MessageId } },
                });
                break;
        }
    }
}
