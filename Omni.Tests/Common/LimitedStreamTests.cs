using System.IO.Pipelines;
using Omni.Infrastructure.Common;

namespace Omni.Tests.Common;

public sealed class LimitedStreamTests
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task Exactly_the_limit_is_read_and_one_more_byte_is_too_large()
    {
        await using var fits = new LimitedStream(new MemoryStream(new byte[1000]), 1000, Long);
        await fits.CopyToAsync(Stream.Null);
        await using var over = new LimitedStream(new MemoryStream(new byte[1001]), 1000, Long);
        await Assert.ThrowsAsync<TooLargeException>(() => over.CopyToAsync(Stream.Null));
    }

    [Fact]
    public async Task A_server_that_trickles_is_given_up()
    {
        var pipe = new Pipe();
        await pipe.Writer.WriteAsync("first"u8.ToArray()); // and then nothing more
        await using var stream = new LimitedStream(pipe.Reader.AsStream(), 1000, TimeSpan.FromMilliseconds(100));
        await Assert.ThrowsAsync<IOException>(() => stream.CopyToAsync(Stream.Null));
    }

    [Fact]
    public async Task Stopping_the_reader_is_not_the_servers_fault()
    {
        await using var stream = new LimitedStream(new MemoryStream(new byte[10]), 1000, Long);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => stream.CopyToAsync(Stream.Null, new CancellationToken(canceled: true)));
    }
}
