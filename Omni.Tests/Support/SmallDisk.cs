using Omni.Infrastructure.Data.Embedded;

namespace Omni.Tests.Support;

/// <summary>A file system in memory that is soon full. Needs the right to mount; tests that use it carry <c>Category=Mount</c>.</summary>
internal sealed class SmallDisk : IAsyncDisposable
{
    private SmallDisk(string folder) => Folder = folder;

    /// <summary>Where it is mounted; open to every account.</summary>
    internal string Folder { get; }

    /// <summary>Mounts a disk.</summary>
    /// <param name="megabytes">Its size.</param>
    internal static async Task<SmallDisk> MountAsync(int megabytes)
    {
        var folder = Directory.CreateTempSubdirectory("omni-test-disk-").FullName;
        await RunAsync("mount", "-t", "tmpfs", "-o", $"size={megabytes}m,mode=0777", "tmpfs", folder);
        return new SmallDisk(folder);
    }

    /// <summary>Takes all the space that is left.</summary>
    internal void Fill()
    {
        using var filler = File.Create(Path.Combine(Folder, "filler"), 1);
        var block = new byte[4096];
        try
        {
            while (true)
            {
                filler.Write(block);
            }
        }
        catch (IOException full) when (full.Message.Contains("No space left", StringComparison.OrdinalIgnoreCase) || new DriveInfo(Folder).AvailableFreeSpace == 0)
        {
            // that was the aim
        }
    }

    /// <summary>Gives the space back.</summary>
    internal void Free() => File.Delete(Path.Combine(Folder, "filler"));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await RunAsync("umount", "--lazy", Folder);
        Directory.Delete(Folder);
    }

    private static async Task RunAsync(string program, params string[] arguments)
    {
        var answer = await ChildProcess.RunAsync(program, arguments, CancellationToken.None);
        Assert.True(answer.ExitCode == 0, $"{program} {string.Join(' ', arguments)}: {answer.Output}");
    }
}
