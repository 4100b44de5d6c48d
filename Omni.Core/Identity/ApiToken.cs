using Omni.Core.Common;

namespace Omni.Core.Identity;

/// <summary>A personal API token. Life, last use and organization are those of its session.</summary>
public sealed class ApiToken
{
    /// <summary>Identity.</summary>
    public Guid Id { get; init; } = OmniId.New();

    /// <summary>The session that it carries.</summary>
    public required Guid SessionId { get; init; }

    /// <summary>What it is for, as its owner says.</summary>
    public required string Name { get; init; }

    /// <summary>SHA-256 of the token.</summary>
    public required byte[] Hash { get; init; }

    /// <summary>Its last four characters, so that the owner recognizes it.</summary>
    public required string LastFour { get; init; }

    /// <summary>What it may do, as <c>conversations:read</c>.</summary>
    public required string[] Scopes { get; init; }
}

/// <summary>What API tokens can be allowed to do; <c>:write</c> includes <c>:read</c>.</summary>
public static class ApiScopes
{
    private static readonly string[] Areas =
        ["organization", "members", "channels", "contacts", "conversations", "media", "notifications", "flows", "campaigns", "chat", "hooks", "operations"];

    /// <summary>Every scope there is.</summary>
    public static IReadOnlyList<string> All { get; } = [.. Areas.SelectMany(a => new[] { $"{a}:read", $"{a}:write" }), "events:read"];
}
