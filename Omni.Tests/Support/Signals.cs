using System.Runtime.InteropServices;

namespace Omni.Tests.Support;

/// <summary>Signals to a process by its id.</summary>
public static class Signals
{
    /// <summary>Ctrl+C.</summary>
    public static void Interrupt(int pid) => _ = Send(pid, 2);

    /// <summary>What a service manager sends.</summary>
    public static void Terminate(int pid) => _ = Send(pid, 15);

    /// <summary>The end without a chance to clean up.</summary>
    public static void Kill(int pid) => _ = Send(pid, 9);

    /// <summary>Freezes it.</summary>
    public static void Stop(int pid) => _ = Send(pid, 19);

    /// <summary>Lets a frozen one go on.</summary>
    public static void Continue(int pid) => _ = Send(pid, 18);

    /// <summary>Whether the process still runs; one that has ended and waits for its parent has no command line any more.</summary>
    public static bool IsAlive(int pid)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/cmdline").Length > 0;
        }
        catch (IOException)
        {
            return false;
        }
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static extern int Send(int pid, int signal);
}
