using Omni.Core.Channels;
using Omni.Infrastructure.Channels.Meta;

namespace Omni.Infrastructure.Channels.WhatsApp;

/// <summary>What an answer of the platform means for a message.</summary>
internal static class WhatsAppOutcomes
{
    /// <summary>The platform's documented errors.</summary>
    public static GraphVerdicts Verdicts { get; } = new("WhatsApp", (code, _) => WhatsAppErrorTable.TryGet(code, out var found) ? found : null);

    /// <summary>The outcome of handing over a message.</summary>
    public static SendOutcome OfSend(GraphAnswer answer) => Verdicts.OfSend(answer, ok => ok.Body.Member("messages"u8).Each().FirstOrDefault().Text("id"u8));

    /// <inheritdoc cref="GraphVerdicts.OfRepeatable"/>
    public static SendOutcome? OfRepeatable(GraphAnswer answer) => Verdicts.OfRepeatable(answer);
}
