namespace Omni.Bench.Fuzz;

/// <summary>A call ready to be made.</summary>
internal sealed class FuzzCall(ApiOperation operation, FuzzCaller caller)
{
    private readonly HashSet<string> _sent = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>What is called.</summary>
    internal ApiOperation Operation { get; } = operation;

    /// <summary>Who calls.</summary>
    internal FuzzCaller Caller { get; } = caller;

    /// <summary>Path and query.</summary>
    internal string Path { get; set; } = "";

    /// <summary>Headers beside the caller's.</summary>
    internal Dictionary<string, string> Headers { get; } = [];

    /// <summary>Makes the body; null without one.</summary>
    internal Func<HttpContent>? Content { get; set; }

    /// <summary>The body's text, for reports.</summary>
    internal string Body { get; set; } = "";

    /// <summary>Whether it names something of the other organization.</summary>
    internal bool HasForeign { get; set; }

    /// <summary>Whether its answer must be that of the same call with unknown ids.</summary>
    internal bool IsComparable { get; set; } = true;

    /// <summary>Whether it goes to the other organization's website chat.</summary>
    internal bool NamesForeignSite { get; set; }

    /// <summary>Values that an answer may repeat, as the call brought them.</summary>
    internal IReadOnlyCollection<string> SentValues => _sent;

    /// <summary>Notes a value that the call brings.</summary>
    internal string Sent(string value)
    {
        _sent.Add(value);
        return value;
    }

    /// <summary>For reports.</summary>
    public override string ToString() =>
        $"{Caller.Name}: {Operation.Method} {Path}{string.Concat(Headers.Select(h => $" {h.Key}={h.Value}"))}{(Body.Length == 0 ? "" : " " + Body)}";
}
