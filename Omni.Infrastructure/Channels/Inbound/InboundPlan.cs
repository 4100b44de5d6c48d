using Omni.Core.Channels;

namespace Omni.Infrastructure.Channels.Inbound;

/// <summary>What a run of a lane did.</summary>
/// <param name="Rows">Rows that were settled.</param>
/// <param name="More">True when more may wait.</param>
internal readonly record struct LaneOutcome(int Rows, bool More);

/// <summary>A waiting row of the queue, with the places of the items that are left to apply; null for all of them.</summary>
internal sealed record InboundRow(long Id, Guid DeliveryId, byte[] Body, DateTimeOffset ReceivedAt, int Attempts, int[]? Items);

/// <summary>Something to apply: an event, and which item of its row it is.</summary>
internal sealed record InboundWork(InboundEvent Event, DateTimeOffset ReceivedAt, int Place);

/// <summary>What cannot be applied: an item of a row, or the whole row when <paramref name="Place"/> is null.</summary>
internal sealed record InboundProblem(InboundRow Row, int? Place, string Error);

/// <summary>The rows of a batch, the people whose earlier rows still wait, and whether the platform grants the channel the longer window for people.</summary>
internal sealed record InboundTaken(List<InboundRow> Rows, HeldPeople Held, bool IsLateGranted);

/// <summary>What is to be done with the rows of a batch.</summary>
internal sealed record InboundPlan(
    List<InboundWork> Events,
    List<InboundRow> Done,
    List<InboundProblem> Problems,
    List<(InboundRow Row, string Lane)> Held)
{
    internal static InboundPlan Make(IChannelAdapter adapter, InboundTaken taken)
    {
        var plan = new InboundPlan([], [], [], []);
        foreach (var row in taken.Rows)
        {
            List<(ParsedItem Item, int Place)> items;
            try
            {
                items = Left(row, adapter.Parse(row.Body));
            }
            catch (Exception unreadable) when (InboundFailure.IsOurs(unreadable))
            {
                // Whatever an adapter stumbles over: this row can never be read, and the next ones must not wait for it.
                plan.Problems.Add(new InboundProblem(row, null, InboundFailure.Words(unreadable)));
                continue;
            }

            var people = items.Select(i => i.Item.Event).OfType<InboundEvent>().SelectMany(HeldPeople.Of).ToHashSet();
            if (taken.Held.Holds(people, row.Id))
            {
                // An earlier row of one of these people waits: everything of them waits behind it, in order.
                taken.Held.Hold(people, row.Id);
                plan.Held.Add((row, HeldPeople.Join(people)));
                continue;
            }

            plan.Done.Add(row);
            foreach (var (item, place) in items)
            {
                if (item.Event is { } read)
                {
                    plan.Events.Add(new InboundWork(read, row.ReceivedAt, place));
                }
                else
                {
                    plan.Problems.Add(new InboundProblem(row, place, item.Problem ?? "This item cannot be read."));
                }
            }
        }

        return plan;
    }

    /// <summary>The items of a row that are not applied yet. A reading that finds fewer than before begins again with all: applying one twice changes nothing.</summary>
    private static List<(ParsedItem Item, int Place)> Left(InboundRow row, IReadOnlyList<ParsedItem> items)
    {
        var all = items.Select((item, place) => (item, place)).ToList();
        return row.Items is { } left && left.All(place => place < all.Count) ? [.. left.Select(place => all[place])] : all;
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
