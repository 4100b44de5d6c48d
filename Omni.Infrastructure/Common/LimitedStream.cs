namespace Omni.Infrastructure.Common;

/// <summary>
/// Reads at most so many bytes of a stream, for at most so long: beyond the first it fails with <see cref="TooLargeException"/>, beyond the second
/// with an <see cref="IOException"/>. Disposes stream and owner with itself.
/// </summary>
/// <param name="inner">What to read.</param>
/// <param name="limit">Largest number of bytes.</param>
/// <param name="within">Longest time from now to the last byte, so that a server that trickles holds nobody.</param>
/// <param name="owner">What lives as long as the stream, such as the response around it.</param>
internal sealed class LimitedStream(Stream inner, long limit, TimeSpan within, IDisposable? owner = null) : Stream
{
    private readonly CancellationTokenSource _late = new(within);
    private long _read;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => _read; set => throw new NotSupportedException(); }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _late.Token);
        try
        {
            return Count(await inner.ReadAsync(buffer, either.Token));
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new IOException("The content took too long to arrive.", e);
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Read it asynchronously.");

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _late.Dispose();
            inner.Dispose();
            owner?.Dispose();
        }

        base.Dispose(disposing);
    }

    private int Count(int read) => (_read += read) <= limit ? read : throw new TooLargeException(limit);
}

/// <summary>More bytes came than allowed.</summary>
/// <param name="limit">The limit in bytes.</param>
internal sealed class TooLargeException(long limit) : IOException($"The content is larger than {limit} bytes.");
