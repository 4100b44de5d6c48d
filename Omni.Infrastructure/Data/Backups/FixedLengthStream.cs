namespace Omni.Infrastructure.Data.Backups;

/// <summary>
/// Reads exactly the given number of bytes from a file that may grow or shrink meanwhile: what was added is left out, what is gone
/// becomes zeros. The write-ahead log of the backup repairs such pages of a database file.
/// </summary>
internal sealed class FixedLengthStream(Stream inner, long length) : Stream
{
    private long _position;

    public override bool CanRead => true;

    public override bool CanSeek => true; // the tar writer asks for length and position, and never goes back

    public override bool CanWrite => false;

    public override long Length => length;

    public override long Position { get => _position; set => throw new NotSupportedException(); }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        var wanted = buffer[..(int)Math.Min(buffer.Length, length - _position)];
        var read = inner.Read(wanted);
        if (read == 0)
        {
            wanted.Clear();
            read = wanted.Length;
        }

        _position += read;
        return read;
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var wanted = buffer[..(int)Math.Min(buffer.Length, length - _position)];
        var read = await inner.ReadAsync(wanted, cancellationToken);
        if (read == 0)
        {
            wanted.Span.Clear();
            read = wanted.Length;
        }

        _position += read;
        return read;
    }

    public override void Flush() { }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
