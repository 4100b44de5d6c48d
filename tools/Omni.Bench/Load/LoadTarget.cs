namespace Omni.Bench.Load;

/// <summary>One account that webhooks are sent for.</summary>
/// <param name="Port">Port of the server on 127.0.0.1.</param>
/// <param name="Path">Path of the webhook.</param>
/// <param name="Secret">Signs the bodies.</param>
/// <param name="NumberId">The phone number's id in the bodies.</param>
/// <param name="BusinessId">The business account's id in the bodies.</param>
internal sealed record LoadTarget(int Port, string Path, byte[] Secret, string NumberId, string BusinessId);
