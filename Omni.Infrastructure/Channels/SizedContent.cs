using System.Net;

namespace Omni.Infrastructure.Channels;

/// <summary>A stream of known length: uploads must not be chunked, also when the store's stream cannot tell its length.</summary>
/// <param name="content">The bytes; disposed with the content.</param>
/// <param name="length">How many there are.</param>
internal sealed class SizedContent(Stream content, long length) : HttpContent
{
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => content.CopyToAsync(stream);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken) =>
        content.CopyToAsync(stream, cancellationToken);

    protected override bool TryComputeLength(out long computed)
    {
        computed = length;
        return true;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            content.Dispose();
        }

        base.Dispose(disposing);
    }
}
