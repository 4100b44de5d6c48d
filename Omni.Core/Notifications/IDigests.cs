namespace Omni.Core.Notifications;

/// <summary>Letters about what people have not seen.</summary>
public interface IDigests
{
    /// <summary>Hands every letter that is due to the mail server: what was not seen for a quarter of an hour, at most one letter an hour (or a day) per person and organization.</summary>
    /// <returns>How many letters.</returns>
    Task<int> SendDueAsync(CancellationToken ct);
}
