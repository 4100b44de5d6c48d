using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Omni.Core.Operations;

namespace Omni.Infrastructure.Operations;

/// <summary>Running the installation: its settings.</summary>
public static partial class OperationsModule
{
    /// <summary>Registers <see cref="OmniOptions"/>, checked at start.</summary>
    public static IServiceCollection AddOmniOptions(this IServiceCollection services)
    {
        services.AddOptions<OmniOptions>().BindConfiguration(OmniOptions.Section).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<OmniOptions>, OmniOptionsValidator>());
        return services;
    }

    /// <summary>Reads the settings before there is a host.</summary>
    /// <exception cref="StartupException">A value is wrong; the message names its key.</exception>
    public static OmniOptions ReadOptions(IConfiguration configuration)
    {
        OmniOptions options;
        try
        {
            options = configuration.GetSection(OmniOptions.Section).Get<OmniOptions>() ?? new OmniOptions();
        }
        catch (InvalidOperationException wrong)
        {
            throw new StartupException(Describe(wrong), wrong);
        }

        var result = new OmniOptionsValidator().Validate(null, options);
        return result.Failed ? throw new StartupException([.. result.Failures]) : options;
    }

    /// <summary>One plain line for a value that the configuration binder could not convert: key, then the expected type.</summary>
    public static string Describe(InvalidOperationException binding)
    {
        ArgumentNullException.ThrowIfNull(binding);
        // "Failed to convert configuration value 'x' at 'Omni:Sandbox' to type 'System.Boolean'." is the binder's own text.
        var parts = binding.Message.Split('\'');
        var (key, type) = parts.Length switch
        {
            >= 7 => (parts[3], parts[5]),
            5 => (parts[1], parts[3]),
            _ => ("", ""),
        };
        return type.Split('.', '+')[^1] switch
        {
            "" => binding.Message,
            "Boolean" => $"{key}: expected true or false.",
            "Int32" or "Int64" => $"{key}: expected a whole number.",
            nameof(RegistrationMode) => $"{key}: expected invite or open.",
            var other => $"{key}: expected a value of type {other}.",
        };
    }
}
