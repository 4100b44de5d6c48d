using Microsoft.Extensions.DependencyInjection;
using Omni.Core.Operations;

namespace Omni.Infrastructure.Operations;

public static partial class OperationsModule
{
    /// <summary>Registers what keeps API calls from being too many or carried out twice. Needs <c>AddData</c>.</summary>
    public static IServiceCollection AddCallLimits(this IServiceCollection services)
    {
        services.AddSingleton<IRateBuckets, RateBuckets>();
        services.AddSingleton<IIdempotencyKeys, IdempotencyKeys>();
        return services;
    }
}
