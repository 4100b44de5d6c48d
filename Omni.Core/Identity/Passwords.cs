using Microsoft.AspNetCore.Identity;

namespace Omni.Core.Identity;

/// <summary>Hashes and checks passwords. Hashing is slow on purpose and eats a whole core, so only as many run at once as leave one core for everybody else.</summary>
public sealed class Passwords(IPasswordHasher<User> hasher) : IDisposable
{
    /// <summary>Fewest characters of a new password.</summary>
    public const int MinLength = 12;

    /// <summary>Most characters of a password: longer ones would only cost time.</summary>
    public const int MaxLength = 256;

    /// <summary>PBKDF2-HMAC-SHA512 iterations of new hashes (the number OWASP gives for it); older hashes are renewed at sign-in.</summary>
    public const int Iterations = 210_000;

    private readonly SemaphoreSlim _cores = new(Math.Max(1, Environment.ProcessorCount - 1));
    private readonly User _nobody = new();
    private string? _nobodysHash;

    /// <inheritdoc/>
    public void Dispose() => _cores.Dispose();

    /// <summary>What is wrong with a new password, in plain words; null when nothing is.</summary>
    public static string? Judge(string? password, string? email) => password switch
    {
        null or { Length: < MinLength } => $"At least {MinLength} characters, please. Any characters will do.",
        { Length: > MaxLength } => $"At most {MaxLength} characters, please.",
        _ when password.Distinct().Count() < 4 => "Too easy to guess: use more different characters.",
        _ when string.Equals(password, email, StringComparison.OrdinalIgnoreCase) => "Do not use your e-mail address as password.",
        _ => null,
    };

    /// <summary>Hashes a password.</summary>
    public Task<string> HashAsync(User user, string password, CancellationToken ct) => OnCoreAsync(() => hasher.HashPassword(user, password), ct);

    /// <summary>Checks a password. Takes as long for nobody (null) and for an account without a password as for anybody.</summary>
    public Task<PasswordVerificationResult> VerifyAsync(User? user, string password, CancellationToken ct) => OnCoreAsync(
        () =>
        {
            if (password.Length > MaxLength)
            {
                return PasswordVerificationResult.Failed;
            }

            var hash = user?.PasswordHash ?? (_nobodysHash ??= hasher.HashPassword(_nobody, Tokens.New("")));
            var result = hasher.VerifyHashedPassword(user ?? _nobody, hash, password);
            return user?.PasswordHash is null ? PasswordVerificationResult.Failed : result;
        },
        ct);

    private async Task<T> OnCoreAsync<T>(Func<T> work, CancellationToken ct)
    {
        await _cores.WaitAsync(ct);
        try
        {
            return await Task.Run(work, ct);
        }
        finally
        {
            _cores.Release();
        }
    }
}
