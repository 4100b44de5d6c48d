using Omni.Core.Common;

namespace Omni.Tests.Common;

public sealed class WorkSignalTests
{
    private static readonly TimeSpan NotAtAll = TimeSpan.Zero;

    [Fact]
    public async Task Any_number_of_sets_before_a_wait_count_as_one()
    {
        using var signal = new WorkSignal();
        signal.Set();
        signal.Set();
        signal.Set();

        Assert.True(await signal.WaitAsync(NotAtAll, CancellationToken.None));
        Assert.False(await signal.WaitAsync(NotAtAll, CancellationToken.None));
    }

    [Fact]
    public async Task What_is_set_after_a_wait_is_seen_by_the_next()
    {
        using var signal = new WorkSignal();
        for (var i = 0; i < 3; i++)
        {
            signal.Set();
            Assert.True(await signal.WaitAsync(NotAtAll, CancellationToken.None));
        }

        Assert.False(await signal.WaitAsync(NotAtAll, CancellationToken.None));
    }

    [Fact]
    public async Task Sets_from_many_threads_lose_no_wake_up_and_throw_nothing()
    {
        using var signal = new WorkSignal();
        var (made, seen) = (0, 0);
        var setters = Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            for (var i = 0; i < 5_000; i++)
            {
                Interlocked.Increment(ref made);
                signal.Set();
            }
        })));
        while (seen < 20_000)
        {
            Assert.True(await signal.WaitAsync(TimeSpan.FromSeconds(30), CancellationToken.None));
            seen = Volatile.Read(ref made); // the worker looks after it was woken
        }

        await setters;
    }
}
