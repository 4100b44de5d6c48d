using System.Text.Json.Serialization;
using Omni.Bench.Modes;

namespace Omni.Bench.Chaos;

/// <summary>What a run was and what it showed.</summary>
internal sealed record ChaosResult : IVerdict
{
    /// <summary>The mode's name.</summary>
    public string Mode { get; } = "chaos";

    /// <summary>Whether the ledger is clean, every fault happened and as much as planned was sent.</summary>
    public bool Passed => Ledger.IsClean && IsFull && FaultsNotReached.Count == 0;

    /// <summary>The ledger; all of it must be 0.</summary>
    public required LedgerVerdict Ledger { get; init; }

    /// <summary><c>short</c> or <c>long</c>.</summary>
    public required string Form { get; init; }

    /// <summary>What was switched off; absent in a real run.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Control { get; init; }

    /// <summary>Repeats the plan.</summary>
    public required int Seed { get; init; }

    /// <summary>Length of the run with start and judgement.</summary>
    public required double Seconds { get; init; }

    /// <summary>Messages and edits of people.</summary>
    public required int Events { get; init; }

    /// <summary>Requests that carried them, copies and repeats included.</summary>
    public required long Posts { get; init; }

    /// <summary>Requests answered 200.</summary>
    public required long Acknowledged { get; init; }

    /// <summary>Requests that were not, by status; 0 without an answer.</summary>
    public required IReadOnlyDictionary<string, long> NotAcknowledged { get; init; }

    /// <summary>Old events that came once more.</summary>
    public required long Replayed { get; init; }

    /// <summary>Replies of the teams.</summary>
    public required int Replies { get; init; }

    /// <summary>Requests with replies that were not answered 2xx, by status; 0 without an answer.</summary>
    public required IReadOnlyDictionary<string, long> RepliesNotAcknowledged { get; init; }

    /// <summary>Messages the platform took.</summary>
    public required int PlatformSends { get; init; }

    /// <summary>Replies that a person has to decide about: the platform never took them, and nobody can know.</summary>
    public required int UnknownReplies { get; init; }

    /// <summary>Requests with states of messages, copies and repeats included.</summary>
    public required int StateWebhooks { get; init; }

    /// <summary>Answers of the API that were searched for other organizations' marks.</summary>
    public required int ForeignReads { get; init; }

    /// <summary>Time from the end of the load until nothing was under way.</summary>
    public required double SettledSeconds { get; init; }

    /// <summary>The longest start of a program, beside the load and other faults.</summary>
    public required double SlowestStartSeconds { get; init; }

    /// <summary>Faults that happened, by kind.</summary>
    public required IReadOnlyDictionary<string, int> Faults { get; init; }

    /// <summary>Kinds that were to happen and did not.</summary>
    public required IReadOnlyList<string> FaultsNotReached { get; init; }

    /// <summary>Kinds that this machine cannot have, with the reason.</summary>
    public required IReadOnlyDictionary<string, string> FaultsLeftOut { get; init; }

    /// <summary>Whether as much was sent as planned.</summary>
    public required bool IsFull { get; init; }
}
