using System.Text.Json;
using Omni.Core.Operations;

namespace Omni.Infrastructure.Data.Embedded;

/// <summary>
/// One program per data folder. The operating system holds the lock and gives it back however the program ends; a second file
/// says who has it.
/// </summary>
internal sealed class FolderLock : IDisposable
{
    private readonly DataFolder _folder;
    private readonly FileStream _file;

    private FolderLock(DataFolder folder, FileStream file) => (_folder, _file) = (folder, file);

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
            var held = new FolderLock(folder, new FileStream(folder.LockFile, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
            held.Write(null);
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
    public void Announce(string address) => Write(address);

    /// <summary>Gives the folder back.</summary>
    public void Dispose()
    {
        if (_file.CanWrite)
        {
            File.Delete(_folder.HolderFile);
            _file.Dispose();
        }
    }

    private static Holder? ReadHolder(DataFolder folder)
    {
        try
        {
            return JsonSerializer.Deserialize<Holder>(File.ReadAllBytes(folder.HolderFile));
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or JsonException)
        {
            return null; // the name is a courtesy
        }
    }

    private void Write(string? address) =>
        File.WriteAllBytes(_folder.HolderFile, JsonSerializer.SerializeToUtf8Bytes(new Holder(Environment.ProcessId, address)));

    private sealed record Holder(int Pid, string? Address);
}
