using Microsoft.Extensions.Options;
using Omni.Core.Common;
using Omni.Core.Identity;

namespace Omni.Web.Identity;

/// <summary>A person's own account: name, address, password, second factor, linked sign-ins, looks.</summary>
public sealed partial class ProfilePage(
    UserService users, AccountService accounts, SignInService signIn, SecondFactorService secondFactor, ExternalSignInService external, IServiceProvider services)
{
    private User? _user;
    private string? _displayName;
    private string? _email;
    private string? _current;
    private string? _wanted;
    private bool _isPassword;
    private bool _hasTotp;
    private NewSecondFactor? _newFactor;
    private IReadOnlyList<string>? _codes;
    private IReadOnlyList<string> _linked = [];

    private bool HasGoogle => services.GetService<IOptions<GoogleOptions>>()?.Value.ClientId is { Length: > 0 };

    /// <inheritdoc/>
    protected override async Task<Refusal?> LoadAsync(Actor actor)
    {
        if (!(await SessionAsync()).Succeeded(out var me, out var refusal) || !(await users.MeAsync(me, CancellationToken.None)).Succeeded(out var user, out refusal))
        {
            return refusal;
        }

        (_user, _displayName, _email) = (user, user.DisplayName, user.Email);
        _hasTotp = await secondFactor.IsOnAsync(me.UserId, CancellationToken.None);
        _linked = await external.ListAsync(me, CancellationToken.None);
        return null;
    }

    private static string Title(string provider) => new ExternalIdentity(provider, "", "", false, "").Name;

    private async Task SaveAsync()
    {
        var moved = !string.Equals(_email?.Trim(), _user!.Email, StringComparison.OrdinalIgnoreCase);
        if (await DoForSessionAsync(me => users.ChangeAsync(me, _displayName, null, _email, CancellationToken.None), moved ? "Saved. Confirm the new address with the letter we send to it." : "Saved."))
        {
            await ReadAsync();
        }
    }

    private Task<bool> ResendAsync() => DoForSessionAsync(me => accounts.ResendVerificationAsync(me, CancellationToken.None), "The letter is on its way.");

    private async Task ChangePasswordAsync()
    {
        _isPassword = true;
        if (await DoForSessionAsync(me => accounts.ChangePasswordAsync(me, _current, _wanted, CancellationToken.None), "Your password is changed. All other sessions were ended."))
        {
            (_current, _wanted) = (null, null);
        }
    }

    private Task<bool> BeginTotpAsync() => DoForSessionAsync(async me =>
    {
        var result = await secondFactor.BeginAsync(me, CancellationToken.None);
        _newFactor = result.Refusal is null ? result.Value : null;
        return result;
    });

    private Task<bool> ConfirmTotpAsync(string code) => DoForSessionAsync(async me =>
    {
        var result = await secondFactor.ConfirmAsync(me, code, CancellationToken.None);
        if (result.Succeeded(out var codes, out _))
        {
            (_codes, _newFactor, _hasTotp) = (codes, null, true);
        }

        return result;
    });

    private async Task RemoveTotpAsync(string password)
    {
        _isPassword = false;
        if (await DoForSessionAsync<Done>(
            async me => (await signIn.ConfirmAsync(me, password, CancellationToken.None)).Succeeded(out _, out var refusal) ? await secondFactor.RemoveAsync(me, CancellationToken.None) : refusal,
            "The authenticator app is off."))
        {
            await ReadAsync();
        }
    }

    private async Task UnlinkAsync(string provider)
    {
        if (await DoForSessionAsync(me => external.UnlinkAsync(me, provider, CancellationToken.None), $"{Title(provider)} is no longer linked."))
        {
            await ReadAsync();
        }
    }
}
