using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Omni.Core.Operations;

namespace Omni.Infrastructure.Identity.Secrets;

/// <summary>The installation's master keys: the first wraps, all of them unwrap, so that values stay readable while a rotation runs.</summary>
internal sealed partial class MasterKeys
{
    private const int Length = 32;

    private readonly MasterKey[] _keys;

    private MasterKeys(IEnumerable<byte[]> keys) => _keys = [.. keys.Select(k => new MasterKey(k))];

    /// <summary>The key that wraps.</summary>
    internal MasterKey Current => _keys[0];

    /// <summary>How many keys can unwrap.</summary>
    internal int Count => _keys.Length;

    /// <summary>The key with this id.</summary>
    /// <exception cref="CryptographicException">It is not configured (any more).</exception>
    internal MasterKey Find(ReadOnlySpan<byte> id)
    {
        foreach (var key in _keys)
        {
            if (id.SequenceEqual(key.Id))
            {
                return key;
            }
        }

        throw new CryptographicException(
            $"A value was sealed under the master key {Convert.ToHexStringLower(id)}, which is not configured. Put that key back into Omni:PreviousMasterKeys.");
    }

    /// <summary>Reads the keys from the settings, or from <c>keys/master.key</c> in the data folder, which is made when it is missing.</summary>
    /// <exception cref="StartupException">A key is malformed or obviously weak.</exception>
    internal static MasterKeys Load(OmniOptions options, ILogger log)
    {
        if (options.MasterKey is { Length: > 0 } configured)
        {
            return new MasterKeys([Parse(configured, "Omni:MasterKey"), .. OmniOptions.List(options.PreviousMasterKeys).Select(k => Parse(k, "Omni:PreviousMasterKeys"))]);
        }

        var path = PathIn(options);
        if (!File.Exists(path))
        {
            Write(path, [NewKey()]);
            Made(log, path);
        }

        var lines = File.ReadAllLines(path).Where(l => l.Trim().Length > 0).ToList();
        return lines.Count > 0
            ? new MasterKeys(lines.Select(l => Parse(l.Trim(), path)))
            : throw new StartupException($"{path}: expected a master key, but the file is empty. Restore it from a backup.");
    }

    /// <summary>Where the key file is.</summary>
    internal static string PathIn(OmniOptions options) => Path.Combine(options.FullDataDirectory, "keys", "master.key");

    /// <summary>A new key as text.</summary>
    internal static string NewKey() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(Length));

    /// <summary>Writes the key file, readable by its owner only: first a neighbour, then a rename, so that it is never half written.</summary>
    internal static void Write(string path, IEnumerable<string> lines)
    {
        var folder = Path.GetDirectoryName(path)!;
        var next = path + ".new";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }
        else
        {
            Directory.CreateDirectory(folder);
        }

        using (var stream = new FileStream(next, options))
        {
            stream.Write(System.Text.Encoding.ASCII.GetBytes(string.Join('\n', lines) + "\n"));
            stream.Flush(flushToDisk: true);
        }

        File.Move(next, path, overwrite: true);
    }

    private static byte[] Parse(string text, string where)
    {
        var bytes = new byte[Length + 1];
        return Convert.TryFromBase64String(text, bytes, out var length) && length == Length && bytes.AsSpan(0, Length).ToArray().Distinct().Count() >= 8
            ? bytes[..Length]
            : throw new StartupException($"{where}: expected 32 random bytes in base64, such as the output of: openssl rand -base64 32");
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "No Omni:MasterKey is set: one was made in {Path}. Keep a copy elsewhere; without it tokens of channels and second factors cannot be read")]
    private static partial void Made(ILogger log, string path);
}

/// <summary>One master key: wraps data keys with AES-256-GCM.</summary>
internal sealed class MasterKey(byte[] key)
{
    private const byte Format = 1;
    private const int IdLength = 8, NonceLength = 12, TagLength = 16, Head = 1 + IdLength + NonceLength + TagLength;

    /// <summary>What wrapped values name the key by; tells nothing about it.</summary>
    internal byte[] Id { get; } = SHA256.HashData([.. "omni master key id"u8, .. key])[..IdLength];

    /// <summary>The id in a wrapped value.</summary>
    internal static ReadOnlySpan<byte> IdOf(ReadOnlySpan<byte> wrapped) => wrapped.Length > Head && wrapped[0] == Format
        ? wrapped.Slice(1, IdLength)
        : throw new CryptographicException("This is no wrapped key.");

    internal byte[] Wrap(ReadOnlySpan<byte> plain, ReadOnlySpan<byte> place)
    {
        var wrapped = new byte[Head + plain.Length];
        wrapped[0] = Format;
        Id.CopyTo(wrapped, 1);
        var nonce = wrapped.AsSpan(1 + IdLength, NonceLength);
        RandomNumberGenerator.Fill(nonce);
        using var aes = new AesGcm(key, TagLength);
        aes.Encrypt(nonce, plain, wrapped.AsSpan(Head), wrapped.AsSpan(Head - TagLength, TagLength), place);
        return wrapped;
    }

    internal byte[] Unwrap(ReadOnlySpan<byte> wrapped, ReadOnlySpan<byte> place)
    {
        var plain = new byte[wrapped.Length - Head];
        using var aes = new AesGcm(key, TagLength);
        aes.Decrypt(wrapped.Slice(1 + IdLength, NonceLength), wrapped[Head..], wrapped.Slice(Head - TagLength, TagLength), plain, place);
        return plain;
    }

    internal byte[] Derive(string purpose, byte[] salt) => HKDF.DeriveKey(HashAlgorithmName.SHA256, key, 32, salt, System.Text.Encoding.UTF8.GetBytes(purpose));
}
