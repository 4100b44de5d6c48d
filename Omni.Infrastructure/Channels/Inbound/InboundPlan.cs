using System.Text.Json.Nodes;
using Omni.Core.Channels;

namespace Omni.Infrastructure.Channels.Inbound;

/// <summary>What a run of a lane did.</summary>
/// <param name="Rows">Rows that were settled.</param>
/// <param name="More">True when more may wait.</param>
internal readonly record struct LaneOutcome(int Rows, bool More);

/// <summary>A waiting row of the queue.</summary>
internal sealed record InboundRow(long Id, Guid DeliveryId, byte[] Body, DateTimeOffset ReceivedAt, int Attempts);

/// <summary>The rows of a batch, and the people whose earlier rows still wait.</summary>
internal sealed record InboundTaken(List<InboundRow> Rows, HeldPeople Held);

/// <summary>What is to be done with the rows of a batch.</summary>
internal sealed record InboundPlan(
    List<(InboundEvent Event, DateTimeOffset ReceivedAt)> Events,
    List<InboundRow> Done,
    List<(InboundRow Row, string Error, JsonNode? Raw)> Problems,
    List<(InboundRow Row, string Lane)> Held)
{
    internal static InboundPlan Make(IChannelAdapter adapter, InboundTaken taken)
    {
        var plan = new InboundPlan([], [], [], []);
        foreach (var row in taken.Rows)
        {
            IReadOnlyList<ParsedItem> items;
            try
            {
                items = adapter.Parse(row.Body);
            }
            catch (Exception unreadable) when (InboundFailure.IsOurs(unreadable))
            {
                // Whatever an adapter stumbles over: this row can never be read, and the next ones must not wait for it.
                plan.Problems.Add((row, InboundFailure.Words(unreadable), null));
                continue;
            }

            var people = items.Select(i => i.Event).OfType<InboundEvent>().SelectMany(HeldPeople.Of).ToHashSet();
            if (taken.Held.Holds(people, row.Id))
            {
                // An earlier row of one of these people waits: everything of them waits behind it, in order.
                taken.Held.Hold(people, row.Id);
                plan.Held.Add((row, HeldPeople.Join(people)));
                continue;
            }

            if (items is [{ Event: null, Problem: var problem }])
            {
                plan.Problems.Add((row, problem ?? "This item cannot be read.", null)); // the row itself, so that it can be applied again
                continue;
            }

            plan.Done.Add(row);
            foreach (var item in items)
            {
                if (item.Event is { } read)
                {
                    plan.Events.Add((read, row.ReceivedAt));
                }
                else
                {
                    plan.Problems.Add((row, item.Problem ?? "This item cannot be read.", item.Raw ?? new JsonObject()));
                }
            }
        }

        return plan;
    }
}

/// <summary>People whose rows wait, each with the earliest such row. A person is held under every id the platform uses for them, and only by earlier rows: a later one that waits must not hold up the one it waits for.</summary>
internal sealed class HeldPeople
{
    private const char Separator = '\n';

    private readonly Dictionary<string, long> _rows = [];

    internal static IEnumerable<string> Of(InboundEvent item) => item.ContactAliases.Append(item.ContactId).OfType<string>();

    internal static string Join(IEnumerable<string> people) => string.Join(Separator, people.Distinct());

    internal static string[] Split(string key) => key.Split(Separator, StringSplitOptions.RemoveEmptyEntries);

    internal void Hold(IEnumerable<string> people, long row)
    {
        foreach (var person in people)
        {
            _rows[person] = Math.Min(_rows.GetValueOrDefault(person, row), row);
        }
    }

    internal bool Holds(IEnumerable<string> people, long row) => people.Any(p => _rows.TryGetValue(p, out var first) && first < row);
}
