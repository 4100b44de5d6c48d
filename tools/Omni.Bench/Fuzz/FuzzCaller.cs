namespace Omni.Bench.Fuzz;

/// <summary>Somebody who calls.</summary>
/// <param name="Name">For reports.</param>
/// <param name="Headers">What every call carries.</param>
internal sealed record FuzzCaller(string Name, IReadOnlyDictionary<string, string> Headers)
{
    /// <summary>Whether the calls carry a browser's cookie.</summary>
    internal bool IsBrowser => Headers.ContainsKey("Cookie");
}
