namespace Omni.Infrastructure.Data.Embedded;

/// <summary>Files with secrets: readable and writable by their owner only, from the first moment on.</summary>
internal static class PrivateFile
{
    /// <summary>Makes the file, replacing an older one.</summary>
    public static FileStream Create(string path)
    {
        File.Delete(path); // an older file would keep its own permissions
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return new FileStream(path, options);
    }
}
