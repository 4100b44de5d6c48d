using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Npgsql;
using Omni.Core.Common;
using Omni.Core.Identity;
using Omni.Core.Operations;
using Omni.Core.Tenancy;
using Omni.Infrastructure.Data;
using Omni.Infrastructure.Identity.Mail;
using Omni.Infrastructure.Identity.Secrets;
using Omni.Infrastructure.Operations;

namespace Omni.Infrastructure.Identity;

/// <summary>Accounts, sessions, members and the keys that seal secrets.</summary>
public static class IdentityModule
{
    /// <summary>Registers the services of identity and tenancy. The host adds <see cref="IPublicAddress"/> and <c>IEventBus</c>.</summary>
    public static IServiceCollection AddIdentity(this IServiceCollection services)
    {
        services.Configure<PasswordHasherOptions>(o => o.IterationCount = Passwords.Iterations);
        services.AddSingleton<IPasswordHasher<User>, PasswordHasher<User>>();
        services.AddSingleton<IAttemptLimits, AttemptLimits>();
        services.AddSingleton<IRetentionTask, IdentityRetention>();
        services.AddSingleton<Passwords>();
        services.AddSingleton<SessionReader>();
        services.AddSingleton<SessionHints>();
        services.AddSingleton<SessionRegistry>();
        services.AddSingleton<TokenReader>();
        services.AddSingleton<SessionService>();
        services.AddSingleton<SecondFactorService>();
        services.AddSingleton<SignInService>();
        services.AddSingleton<ApiTokenService>();
        services.AddSingleton<LinkService>();
        services.AddSingleton<SetupCode>();
        services.AddSingleton<RegistrationService>();
        services.AddSingleton<AccountService>();
        services.AddSingleton<UserService>();
        services.AddSingleton<ExternalSignInService>();
        services.AddSingleton<OrganizationService>();
        services.AddSingleton<IFirstSteps, FirstStepsService>();
        services.AddSingleton<MemberService>();
        services.AddSingleton<InvitationService>();
        services.AddSingleton<InstallationService>();
        services.AddHostedService<SessionSweep>();
        services.AddHostedService<SetupAnnouncement>();
        return services.AddSecrets().AddMail();
    }

    /// <summary>Wraps every data key with the current master key (<c>--rotate-master-key</c>), while the program is stopped.</summary>
    /// <param name="configuration">The program's configuration.</param>
    /// <param name="connectionString">How to reach the database.</param>
    /// <param name="ct">Stops; running it again goes on.</param>
    /// <returns>What was done, in one line.</returns>
    public static async Task<string> RotateMasterKeyAsync(IConfiguration configuration, string connectionString, CancellationToken ct)
    {
        var options = OperationsModule.ReadOptions(configuration);
        await using var source = NpgsqlDataSource.Create(connectionString);
        return await MasterKeyRotation.RunAsync(options, new DataKeyStore(source), NullLogger.Instance, ct);
    }

    private static IServiceCollection AddSecrets(this IServiceCollection services)
    {
        services.AddSingleton(p => MasterKeys.Load(p.GetRequiredService<IOptions<OmniOptions>>().Value, p.GetRequiredService<ILogger<MasterKeys>>()));
        services.AddSingleton<DataKeyStore>();
        services.AddSingleton<ISecrets, EnvelopeSecrets>();
        services.AddSingleton<ProtectionKeys>();
        services.AddDataProtection().SetApplicationName("omni");
        services.AddSingleton<IConfigureOptions<KeyManagementOptions>, ProtectionKeys.Setup>();
        return services;
    }

    private static IServiceCollection AddMail(this IServiceCollection services)
    {
        services.AddOptions<SmtpOptions>().BindConfiguration(SmtpOptions.Section).ValidateDataAnnotations()
            .Validate(o => o.Host is not { Length: > 0 } || EmailAddress.IsValid(o.From), "Smtp:From: expected the sender's address, such as omni@example.com, because Smtp:Host is set.")
            .ValidateOnStart();
        services.AddSingleton<Mailer>();
        services.AddSingleton<IMailer>(p => p.GetRequiredService<Mailer>());
        services.AddHostedService(p => p.GetRequiredService<Mailer>());
        return services;
    }
}
