using System.Text.Json;
using Omni.Core.Operations;

namespace Omni.Infrastructure.Data.Embedded;

/// <summary>
/// One program per data folder. The operating system holds the lock and gives it back however the program ends; the file's
/// content only says who has it.
/// </summary>
internal sealed class FolderLock : IDisposable
{
    private readonly FileStream _file;

    private FolderLock(FileStream file) => _file = file;

    /// <summary>Takes the lock.</summary>
    /// <exception cref="StartupException">Another program holds it; the message names it.</exception>
    public static FolderLock Take(DataFolder folder) => TryTake(folder) ?? throw new StartupException(Refusal(folder));

    /// <summary>Takes the lock, or returns null when another program holds it.</summary>
    public static FolderLock? TryTake(DataFolder folder)
    {
        folder.Create();
        try
        {
            // FileShare.None is an exclusive advisory lock (flock) on Unix; files are close-on-exec, so no child inherits it.
            var held = new FolderLock(new FileStream(folder.LockFile, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
            held.Write(new Holder(Environment.ProcessId, null));
            return held;
        }
        catch (IOException) when (File.Exists(folder.LockFile))
        {
            return null;
        }
        catch (UnauthorizedAccessException refused)
        {
            throw new StartupException(
                $"Omni:DataDirectory: {folder.LockFile} cannot be written: it belongs to another account. Start Omni as that account.", refused);
        }
    }

    /// <summary>The sentence for a second program that wants the folder.</summary>
    public static string Refusal(DataFolder folder)
    {
        var who = ReadHolder(folder) is { } holder
            ? $"process {holder.Pid}" + (holder.Address is null ? "" : $", {holder.Address}")
            : "another process";
        return $"The data folder {folder.Root} is in use by another Omni ({who}). Stop it first, or set Omni:DataDirectory to another folder.";
    }

    /// <summary>Adds where the holder listens.</summary>
    public void Announce(string address) => Write(new Holder(Environment.ProcessId, address));

    /// <summary>Gives the folder back.</summary>
    public void Dispose()
    {
        if (_file.CanWrite)
        {
            _file.SetLength(0);
            _file.Dispose();
        }
    }

    private static Holder? ReadHolder(DataFolder folder)
    {
        try
        {
            using var file = new FileStream(folder.LockFile, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            return JsonSerializer.Deserialize<Holder>(file);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or JsonException)
        {
            return null; // the name is a courtesy: on Windows a locked file cannot be read
        }
    }

    private void Write(Holder holder)
    {
        _file.SetLength(0);
        _file.Write(JsonSerializer.SerializeToUtf8Bytes(holder));
        _file.Flush();
    }

    private sealed record Holder(int Pid, string? Address);
}
