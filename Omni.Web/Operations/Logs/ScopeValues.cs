using System.Globalization;

namespace Omni.Web.Operations.Logs;

/// <summary>The members of the scopes around a log line; an inner scope wins over an outer one.</summary>
internal sealed class ScopeValues
{
    private readonly Dictionary<string, object?> _values = new(StringComparer.Ordinal);

    /// <summary>What was not taken.</summary>
    internal IEnumerable<KeyValuePair<string, object?>> Others => _values;

    /// <summary>Reads all scopes, from the outermost in.</summary>
    internal static ScopeValues Collect(IExternalScopeProvider? scopes)
    {
        var collected = new ScopeValues();
        scopes?.ForEachScope(static (scope, all) =>
        {
            if (scope is IEnumerable<KeyValuePair<string, object?>> members)
            {
                foreach (var (key, value) in members)
                {
                    if (key != "{OriginalFormat}" && value is not null)
                    {
                        all._values[key] = value;
                    }
                }
            }
        }, collected);
        return collected;
    }

    /// <summary>A member as text, which is then no longer among the others; null when there is none.</summary>
    internal string? Take(string key) => _values.Remove(key, out var value) ? Convert.ToString(value, CultureInfo.InvariantCulture) : null;
}
