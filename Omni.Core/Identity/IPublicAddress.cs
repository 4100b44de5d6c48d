namespace Omni.Core.Identity;

/// <summary>The address under which people reach this installation. Never taken from a request, whose Host header anybody can choose.</summary>
public interface IPublicAddress
{
    /// <summary>The full address of a page.</summary>
    /// <param name="path">Path that begins with a slash.</param>
    string Of(string path);
}
