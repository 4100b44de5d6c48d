using Microsoft.Extensions.DependencyInjection;
using Omni.Core.Media;
using Omni.Core.Operations;

namespace Omni.Infrastructure.Media;

/// <summary>Files: where they are kept, and their thumbnails.</summary>
public static class MediaModule
{
    /// <summary>Registers files. Needs <c>AddOmniOptions</c> and <c>AddData</c>.</summary>
    public static IServiceCollection AddMedia(this IServiceCollection services)
    {
        services.AddOptions<UploadOptions>().BindConfiguration(OmniOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<IBlobStore, FolderBlobStore>();
        services.AddSingleton<IThumbnails, VipsThumbnails>();
        services.AddSingleton<IRetentionTask, OrphanFiles>();
        services.AddSingleton<MediaService>();
        services.AddSingleton<PictureStore>();
        services.AddSingleton<AvatarService>();
        services.AddSingleton<LogoService>();
        return services;
    }
}
