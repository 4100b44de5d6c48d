using System.Diagnostics;

namespace Omni.Tests.Support;

/// <summary>Waits for a condition, instead of a guess how long something takes.</summary>
public static class Eventually
{
    /// <summary>Looks every 20 ms until the condition holds.</summary>
    /// <param name="condition">What must become true.</param>
    /// <param name="what">The condition in words, for the failure.</param>
    /// <param name="within">When to give up; 30 s by default.</param>
    public static Task HoldsAsync(Func<bool> condition, string what, TimeSpan? within = null) =>
        HoldsAsync(() => Task.FromResult(condition()), what, within);

    /// <summary>As <see cref="HoldsAsync(Func{bool}, string, TimeSpan?)"/>, for a condition that has to ask somebody.</summary>
    public static async Task HoldsAsync(Func<Task<bool>> condition, string what, TimeSpan? within = null)
    {
        var clock = Stopwatch.StartNew();
        while (!await condition())
        {
            Assert.True(clock.Elapsed < (within ?? TimeSpan.FromSeconds(30)), $"Waited {clock.Elapsed.TotalSeconds:0} s in vain: {what}.");
            await Task.Delay(20);
        }
    }
}
