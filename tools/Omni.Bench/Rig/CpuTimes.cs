using System.Globalization;

namespace Omni.Bench.Rig;

/// <summary>CPU time of processes, from <c>/proc</c>.</summary>
internal static class CpuTimes
{
    private const double MicrosPerTick = 1_000_000 / 100d; // USER_HZ is 100 on Linux

    /// <summary>µs of a process and of all that descend from it, children that ended included.</summary>
    /// <param name="pid">The process.</param>
    internal static double Tree(int pid)
    {
        var all = Directory.EnumerateDirectories("/proc").Select(d => Path.GetFileName(d)).Where(n => char.IsAsciiDigit(n[0])).Select(n => Read(int.Parse(n, CultureInfo.InvariantCulture))).OfType<(int Pid, int Parent, long Own, long Ended)>().ToList();
        var children = all.ToLookup(p => p.Parent);
        double Sum((int Pid, int Parent, long Own, long Ended) process) => process.Own + process.Ended + children[process.Pid].Sum(Sum);
        return all.Where(p => p.Pid == pid).Sum(Sum) * MicrosPerTick;
    }

    private static (int, int, long, long)? Read(int pid)
    {
        try
        {
            // The name may hold spaces and brackets; everything after the last bracket is by position (proc_pid_stat(5)).
            var text = File.ReadAllText($"/proc/{pid}/stat");
            var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
            long At(int field) => long.Parse(fields[field - 3], CultureInfo.InvariantCulture);
            return (pid, (int)At(4), At(14) + At(15), At(16) + At(17));
        }
        catch (IOException)
        {
            return null; // it ended meanwhile
        }
    }
}
