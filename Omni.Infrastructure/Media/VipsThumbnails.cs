using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Omni.Core.Media;

namespace Omni.Infrastructure.Media;

/// <summary>Makes thumbnails with <c>vipsthumbnail</c> (Debian: libvips-tools) in a child process that may use 10 s and 1 GB, two at a time. Foreign images are never decoded in this process.</summary>
internal sealed partial class VipsThumbnails(ILogger<VipsThumbnails> log) : IThumbnails, IDisposable
{
    private const string Program = "vipsthumbnail";
    private const long MostPixels = 50_000_000;
    private const long MostBytes = 4 << 20;
    private const int HeadLength = 256 * 1024; // pictures of cameras have their own thumbnail before the frame header

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    private readonly SemaphoreSlim _places = new(2);
    private readonly string? _path = Find();

    public async Task<byte[]?> MakeAsync(Stream image, int edge, CancellationToken ct)
    {
        if (_path is null || OperatingSystem.IsWindows() || !await IsSmallEnoughAsync(image, ct))
        {
            return null;
        }

        await _places.WaitAsync(ct);
        var folder = Directory.CreateTempSubdirectory("omni-thumbnail-");
        try
        {
            var source = Path.Combine(folder.FullName, "in");
            await using (var file = File.Create(source))
            {
                await image.CopyToAsync(file, ct);
            }

            var target = new FileInfo(Path.Combine(folder.FullName, "out.webp"));
            return await RunAsync(source, target.FullName, edge, ct) && target is { Exists: true, Length: > 0 and <= MostBytes }
                ? await File.ReadAllBytesAsync(target.FullName, ct)
                : null;
        }
        finally
        {
            folder.Delete(recursive: true);
            _places.Release();
        }
    }

    public void Dispose() => _places.Dispose();

    private static string? Find() => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Select(folder => Path.Combine(folder, Program)).FirstOrDefault(File.Exists);

    private static async Task<bool> IsSmallEnoughAsync(Stream image, CancellationToken ct)
    {
        var head = new byte[HeadLength];
        var length = await image.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false, ct);
        image.Position = 0;
        return ImageHeader.Read(head.AsSpan(0, length)) is var (width, height) && (long)width * height <= MostPixels;
    }

    private async Task<bool> RunAsync(string source, string target, int edge, CancellationToken ct)
    {
        // The shell only sets the limits; it becomes the program itself.
        string[] arguments = ["-c", "ulimit -v 1000000; ulimit -t 10; exec \"$0\" \"$1\" -s \"$2x$2>\" -o \"$3[strip,Q=80]\"", _path!, source, $"{edge}", target];
        using var process = Process.Start(new ProcessStartInfo("/bin/sh", arguments)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["VIPS_CONCURRENCY"] = "1" },
        })!;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(Limit);
        try
        {
            await Task.WhenAll(
                process.StandardOutput.BaseStream.CopyToAsync(Stream.Null, limit.Token),
                process.StandardError.BaseStream.CopyToAsync(Stream.Null, limit.Token),
                process.WaitForExitAsync(limit.Token));
            return process.ExitCode == 0;
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            ct.ThrowIfCancellationRequested();
            LogTooSlow(Limit.TotalSeconds);
            return false;
        }
    }

    [LoggerMessage(LogLevel.Warning, "A thumbnail was given up after {Seconds} s")]
    private partial void LogTooSlow(double seconds);
}
