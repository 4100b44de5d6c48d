using System.Text.Json;
using System.Text.Json.Nodes;
using Omni.Core.Common;

namespace Omni.Core.Sandbox;

/// <summary>What the pretend platform of one channel does out of the ordinary. Kept in the channel's settings, so that every node acts alike.</summary>
public sealed record SandboxBehaviour
{
    /// <summary>Longest wait before an answer, in milliseconds: below the time after which calls are given up.</summary>
    public const int MaxSlowMs = 15_000;

    private const string Member = "sandbox";

    /// <summary>How long each answer takes at least, in milliseconds, 0 to <see cref="MaxSlowMs"/>.</summary>
    public int SlowMs { get; init; }

    /// <summary>Which error every send is answered with.</summary>
    public SandboxError Error { get; init; }

    /// <summary>True when sends are taken, but the connection ends before the answer.</summary>
    public bool LostAnswer { get; init; }

    /// <summary>True when the token no longer counts.</summary>
    public bool TokenExpired { get; init; }

    /// <summary>True when the pretend day has passed: customers' messages count as older than the reply window.</summary>
    public bool WindowClosed { get; init; }

    /// <summary>How many switches are on.</summary>
    public int On => (SlowMs > 0 ? 1 : 0) + (Error != SandboxError.None ? 1 : 0) + (LostAnswer ? 1 : 0) + (TokenExpired ? 1 : 0) + (WindowClosed ? 1 : 0);

    /// <summary>Reads it from a channel's settings; what is missing or makes no sense counts as ordinary.</summary>
    public static SandboxBehaviour Of(string settings)
    {
        if ((JsonNode.Parse(settings) as JsonObject)?[Member] is not JsonObject kept)
        {
            return new SandboxBehaviour();
        }

        return new SandboxBehaviour
        {
            SlowMs = kept["slowMs"] is JsonValue slow && slow.TryGetValue(out int ms) ? Math.Clamp(ms, 0, MaxSlowMs) : 0,
            Error = Names.TryParse<SandboxError>(kept["error"]?.ToString(), out var error) ? error : SandboxError.None,
            LostAnswer = Flag(kept, "lostAnswer"),
            TokenExpired = Flag(kept, "tokenExpired"),
            WindowClosed = Flag(kept, "windowClosed"),
        };
    }

    /// <summary>Puts it into a channel's settings.</summary>
    /// <returns>The new settings.</returns>
    public string Into(string settings)
    {
        var all = JsonNode.Parse(settings) as JsonObject ?? [];
        all[Member] = new JsonObject
        {
            ["slowMs"] = SlowMs,
            ["error"] = Names.Of(Error),
            ["lostAnswer"] = LostAnswer,
            ["tokenExpired"] = TokenExpired,
            ["windowClosed"] = WindowClosed,
        };
        return all.ToJsonString();
    }

    private static bool Flag(JsonObject kept, string name) => kept[name]?.GetValueKind() == JsonValueKind.True;
}

/// <summary>Errors a pretend platform can answer sends with.</summary>
public enum SandboxError
{
    /// <summary>None.</summary>
    None,

    /// <summary>HTTP 429: too many requests, try again in 30 seconds.</summary>
    TooManyRequests,

    /// <summary>HTTP 503 with an error of the platform: nothing taken, try again later.</summary>
    ServerError,
}
