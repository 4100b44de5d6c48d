using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Components.Forms;
using Omni.Core.Common;
using Omni.Core.Identity;
using Omni.Core.Media;

namespace Omni.Web.Identity;

/// <summary>A person's own account: name, address, picture, password, second factor, linked sign-ins.</summary>
public sealed partial class ProfilePage(
    UserService users, AccountService accounts, AvatarService avatars, SignInService signIn, SecondFactorService secondFactor, ExternalSignInService external, IServiceProvider services)
{
    private string? _displayName;
    private string? _email;
    private string? _current;
    private string? _wanted;
    private bool _isPassword;
    private NewSecondFactor? _newFactor;
    private IReadOnlyList<string>? _codes;

    /// <inheritdoc/>
    protected override async Task<Result<ProfileContent>> FetchAsync(Actor actor)
    {
        if (!(await SessionAsync()).Succeeded(out var me, out var refusal) || !(await users.MeAsync(me, CancellationToken.None)).Succeeded(out var user, out refusal))
        {
            return refusal;
        }

        return ProfileContent.Of(
            user, await secondFactor.IsOnAsync(me.UserId, CancellationToken.None), await secondFactor.CodesLeftAsync(me.UserId, CancellationToken.None), await external.ListAsync(me, CancellationToken.None),
            services.GetService<IAuthenticationSchemeProvider>() is { } schemes ? await ExternalSignIn.OfferedAsync(schemes) : []);
    }

    /// <inheritdoc/>
    protected override void Show(ProfileContent content)
    {
        base.Show(content);
        (_displayName, _email) = (content.DisplayName, content.Email);
    }

    private async Task SaveAsync()
    {
        var moved = !string.Equals(_email?.Trim(), Content!.Email, StringComparison.OrdinalIgnoreCase);
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
            (_codes, _newFactor) = (codes, null);
            Show(Content! with { HasTotp = true, CodesLeft = codes.Count });
        }

        return result;
    });

    private async Task RenewCodesAsync(string password)
    {
        _isPassword = false;
        await DoForSessionAsync<IReadOnlyList<string>>(async me =>
        {
            if (!(await signIn.ConfirmAsync(me, password, CancellationToken.None)).Succeeded(out _, out var refusal))
            {
                return refusal;
            }

            var result = await secondFactor.RenewCodesAsync(me, CancellationToken.None);
            if (result.Succeeded(out var codes, out _))
            {
                _codes = codes;
                Show(Content! with { CodesLeft = codes.Count });
            }

            return result;
        });
    }

    private async Task UploadAsync(IBrowserFile file)
    {
        string? url = null;
        if (await DoAsync(
            async actor =>
            {
                if (file.Size > PictureStore.MaxBytes)
                {
                    return new Refusal.Invalid("file", $"The picture is larger than {PictureStore.MaxBytes >> 20} MB.");
                }

                await using var content = file.OpenReadStream(PictureStore.MaxBytes);
                var result = await avatars.ReplaceAsync(actor, content, CancellationToken.None);
                url = result.Succeeded(out var made, out _) ? made : null;
                return result;
            },
            "Your picture is in place."))
        {
            var typed = (_displayName, _email);
            Show(Content! with { AvatarUrl = url });
            (_displayName, _email) = typed;
        }
    }

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
        if (await DoForSessionAsync(me => external.UnlinkAsync(me, provider, CancellationToken.None), $"{ExternalSignIn.Title(provider)} is no longer linked."))
        {
            await ReadAsync();
        }
    }
}
