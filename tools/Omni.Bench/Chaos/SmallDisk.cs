using System.Globalization;
using Omni.Infrastructure.Data.Embedded;

namespace Omni.Bench.Chaos;

/// <summary>A file system in memory whose size can be taken away while it is in use.</summary>
internal sealed class SmallDisk : IAsyncDisposable
{
    private const long Roomy = 4L << 30; // takes memory only as far as it is written to

    private SmallDisk(string folder) => Folder = folder;

    /// <summary>Where it is mounted.</summary>
    internal string Folder { get; }

    /// <summary>Mounts one; null where that is not allowed.</summary>
    internal static async Task<SmallDisk?> MountAsync(CancellationToken ct)
    {
        var folder = Directory.CreateTempSubdirectory("omni-chaos-disk-").FullName;
        if ((await ChildProcess.RunAsync("mount", ["-t", "tmpfs", "-o", $"size={Roomy},mode=0777", "tmpfs", folder], ct)).ExitCode == 0)
        {
            return new SmallDisk(folder);
        }

        Directory.Delete(folder);
        return null;
    }

    /// <summary>Takes away all room that is not in use.</summary>
    /// <returns>Whether nothing is left; what is written meanwhile may need another try.</returns>
    internal async Task<bool> FillAsync(CancellationToken ct)
    {
        for (var tries = 0; tries < 50; tries++)
        {
            var drive = new DriveInfo(Folder);
            await ResizeAsync(drive.TotalSize - drive.TotalFreeSpace, ct);
            if (new DriveInfo(Folder).AvailableFreeSpace < 32 * 1024)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Gives the room back.</summary>
    internal Task FreeAsync(CancellationToken ct) => ResizeAsync(Roomy, ct);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await ChildProcess.RunAsync("umount", ["--lazy", Folder], CancellationToken.None);
        Directory.Delete(Folder);
    }

    // Fails when more is in use by now than what is asked for.
    private Task<ChildProcess.Answer> ResizeAsync(long bytes, CancellationToken ct) =>
        ChildProcess.RunAsync("mount", ["-o", string.Create(CultureInfo.InvariantCulture, $"remount,size={Math.Max(4096, bytes)}"), Folder], ct);
}
