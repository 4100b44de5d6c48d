using System.Net;
using System.Text.Json;
using Omni.Core.Channels;
using Omni.Core.Common;

namespace Omni.Infrastructure.Channels.Meta;

/// <summary>Steps that proofs of Meta's accounts have in common.</summary>
/// <param name="graph">The Graph API's client.</param>
/// <param name="platform">The platform's name, for words.</param>
/// <param name="verdicts">What its errors mean.</param>
/// <param name="renew">How a person gets another token, as a sentence.</param>
internal sealed class GraphProof(GraphClient graph, string platform, GraphVerdicts verdicts, string renew)
{
    private const string Token = CredentialNames.AccessToken;

    /// <summary>True for an id as Meta gives them out: at most 32 digits.</summary>
    public static bool IsId(string? id) => id is { Length: > 0 and <= 32 } && id.All(char.IsAsciiDigit);

    /// <summary>Why an answer proves nothing; null when it is a good one with a body.</summary>
    /// <param name="answer">The answer.</param>
    /// <param name="field">The input that is wrong when the platform refuses the call.</param>
    /// <param name="words">What is wrong with it.</param>
    public Refusal? Refuse(GraphAnswer answer, string field, string words) => answer switch
    {
        GraphAnswer.Answered { Ok: true, Body.ValueKind: JsonValueKind.Object } => null,
        GraphAnswer.Answered { Error.Code: 0 or 190 } => new Refusal.Invalid(Token, $"{platform} does not accept the access token: it is wrong, has expired or was revoked. {renew}"),
        GraphAnswer.Answered { Status: HttpStatusCode.TooManyRequests } many => Away($"{platform} asks to wait before trying again.", many.RetryAfter),
        GraphAnswer.Answered { Error: { Code: { } code } error } limited when verdicts.Describe(code, error.Subcode, null) is { Reaction: SendReaction.Retry } known => Away(known.Message, limited.RetryAfter),
        GraphAnswer.Answered { Status: >= HttpStatusCode.BadRequest and < HttpStatusCode.InternalServerError } => new Refusal.Invalid(field, words),
        GraphAnswer.NotSent not => Away(not.Reason, null),
        GraphAnswer.Lost lost => Away(lost.Reason, null),
        _ => Away($"{platform} gave an answer that makes no sense.", null),
    };

    /// <summary>Looks into the token. Only the app that a token was made for can do that, and only with its secret.</summary>
    /// <returns>Why it is of no use, and when it ends; both null when nobody says.</returns>
    public async Task<(Refusal? Refusal, DateTimeOffset? Expires)> InspectAsync(ChannelAccess access, string permission, CancellationToken ct)
    {
        var app = graph.Options;
        if (app.AppId.Length == 0 || app.AppSecret.Length == 0 || access.Credentials.ContainsKey(CredentialNames.AppSecret))
        {
            return (null, null);
        }

        var token = GraphClient.Token(access)!;
        var answer = await graph.GetAsync($"debug_token?input_token={Uri.EscapeDataString(token)}", access, ct, $"{app.AppId}|{app.AppSecret}");
        if (answer is not GraphAnswer.Answered { Ok: true } ok || ok.Body.Member("data"u8) is not { ValueKind: JsonValueKind.Object } data)
        {
            return (null, null); // a token of another app; what it can do has been shown otherwise
        }

        if (data.Member("is_valid"u8).ValueKind == JsonValueKind.False)
        {
            return (new Refusal.Invalid(Token, $"The access token is no longer valid. {renew}"), null);
        }

        var scopes = data.Member("scopes"u8);
        return scopes.ValueKind == JsonValueKind.Array && !scopes.Each().Any(s => s.Text() == permission)
            ? (new Refusal.Invalid(Token, $"The access token lacks the permission {permission}. {renew}"), null)
            : (null, data.Member("expires_at"u8).Time());
    }

    private static Refusal.Unavailable Away(string words, TimeSpan? after) => new(words, after ?? TimeSpan.FromSeconds(30));
}
