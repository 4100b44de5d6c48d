namespace Omni.Core.Channels;

/// <summary>A delivery of one platform came to another platform's address. It is refused like a wrong signature: whoever set the address must notice.</summary>
public sealed class ForeignDeliveryException : FormatException
{
    /// <summary>Without words of its own.</summary>
    public ForeignDeliveryException()
    {
    }

    /// <summary>With words for the log.</summary>
    public ForeignDeliveryException(string message)
        : base(message)
    {
    }

    /// <summary>With words and a cause.</summary>
    public ForeignDeliveryException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
