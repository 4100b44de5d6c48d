using System.Runtime.InteropServices;

namespace Omni.Bench.Chaos;

/// <summary>Signals to a process by its id.</summary>
internal static class Signals
{
    /// <summary>The end without a chance to clean up.</summary>
    /// <returns>False when there is no such process.</returns>
    internal static bool Kill(int pid) => Send(pid, 9) == 0;

    /// <summary>Freezes a process and waits until it stands still.</summary>
    /// <returns>Whether it does.</returns>
    internal static async Task<bool> FreezeAsync(int pid, CancellationToken ct)
    {
        if (Send(pid, 19) != 0)
        {
            return false;
        }

        for (var tries = 0; tries < 100 && !IsFrozen(pid); tries++)
        {
            await Task.Delay(10, ct);
        }

        return IsFrozen(pid);
    }

    /// <summary>Lets a frozen process go on.</summary>
    internal static void Continue(int pid) => _ = Send(pid, 18);

    private static bool IsFrozen(int pid) =>
        File.Exists($"/proc/{pid}/stat") && File.ReadAllText($"/proc/{pid}/stat") is var text && text[(text.LastIndexOf(')') + 2)..].StartsWith('T');

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static extern int Send(int pid, int signal);
}
