using System.Text.Json.Nodes;

namespace Omni.Bench.Fuzz;

/// <summary>One call that the program offers.</summary>
/// <param name="Method">HTTP method.</param>
/// <param name="Path">Path with placeholders.</param>
/// <param name="Slots">Places in path, query and headers that take a value.</param>
/// <param name="Body">Schema of a JSON body; null without one.</param>
/// <param name="Kind">What kind of thing answers.</param>
internal sealed record ApiOperation(string Method, string Path, IReadOnlyList<ApiSlot> Slots, JsonNode? Body, ApiKind Kind)
{
    /// <summary>How reports name it.</summary>
    internal string Name => $"{Method} {Path}";

    /// <summary>Whether it changes something.</summary>
    internal bool Changes => Method is not ("GET" or "HEAD");
}

/// <summary>A place for a value.</summary>
/// <param name="Place">path, query or header.</param>
/// <param name="Name">Its name.</param>
/// <param name="Pool">From which pool of values it is filled; null for a value that names nothing.</param>
internal sealed record ApiSlot(string Place, string Name, string? Pool);

/// <summary>Who answers a call.</summary>
internal enum ApiKind
{
    /// <summary>The API, for members and their tokens.</summary>
    Api,

    /// <summary>The website chat, for visitors.</summary>
    Widget,

    /// <summary>A page or a file, for browsers.</summary>
    Page,
}
