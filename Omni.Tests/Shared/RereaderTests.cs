using Omni.Web.Shared;

namespace Omni.Tests.Shared;

/// <summary>Readings of one component, on a circuit that is worked off by hand.</summary>
public sealed class RereaderTests
{
    private readonly Queue<(SendOrPostCallback Work, object? State)> _circuit = new();
    private readonly List<TaskCompletionSource> _readings = [];

    [Fact]
    public async Task Calls_during_a_reading_are_answered_by_one_more()
    {
        var rereader = new Rereader(Read);
        var first = On(rereader.AgainAsync);
        var second = On(rereader.AgainAsync);
        var third = On(rereader.AgainAsync);
        Assert.Single(_readings);

        _readings[0].SetResult();
        Work();
        Assert.Equal(2, _readings.Count);
        Assert.True(first.IsCompletedSuccessfully);
        Assert.False(second.IsCompleted);

        _readings[1].SetResult();
        Work();
        await Task.WhenAll(second, third);
        Assert.Equal(2, _readings.Count);
    }

    [Fact]
    public void Nothing_is_read_beside_a_reading_that_is_about_to_begin()
    {
        var rereader = new Rereader(Read);
        var first = On(rereader.AgainAsync);
        var second = On(rereader.AgainAsync);
        _readings[0].SetResult(); // what follows waits for its turn on the circuit
        var third = On(rereader.AgainAsync);
        Assert.Single(_readings);
        Assert.Same(second, third);

        Work();
        Assert.True(first.IsCompleted);
        Assert.Equal(2, _readings.Count);
    }

    [Fact]
    public void A_reading_that_failed_does_not_keep_the_next_one()
    {
        var rereader = new Rereader(Read);
        var first = On(rereader.AgainAsync);
        var second = On(rereader.AgainAsync);
        _readings[0].SetException(new IOException("away"));
        Work();
        Assert.True(first.IsFaulted);
        Assert.False(second.IsCompleted);
        Assert.Equal(2, _readings.Count);
    }

    private Task Read()
    {
        var reading = new TaskCompletionSource();
        _readings.Add(reading);
        return reading.Task;
    }

    /// <summary>Runs something as on the circuit.</summary>
    private T On<T>(Func<T> work)
    {
        var before = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(new ByHand(_circuit));
        try
        {
            return work();
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(before);
        }
    }

    private void Work()
    {
        while (_circuit.TryDequeue(out var next))
        {
            On(() =>
            {
                next.Work(next.State);
                return true;
            });
        }
    }

    private sealed class ByHand(Queue<(SendOrPostCallback Work, object? State)> circuit) : SynchronizationContext
    {
        public override void Post(SendOrPostCallback d, object? state) => circuit.Enqueue((d, state));
    }
}
