namespace Omni.Infrastructure.Identity.Secrets;

/// <summary>A key of the installation that is no organization's, wrapped by the master key.</summary>
internal sealed class DataKey
{
    public required string Name { get; init; }

    public required byte[] Wrapped { get; set; }
}
