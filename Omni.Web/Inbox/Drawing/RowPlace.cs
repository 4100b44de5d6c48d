using System.Collections.Concurrent;

namespace Omni.Web.Inbox.Drawing;

/// <summary>Where a list's rows stand, as far as it shows in them. Readers of the same view share it, and so the markup of its rows.</summary>
/// <param name="Before">A row's address up to the conversation's id.</param>
/// <param name="After">The rest of it.</param>
/// <param name="NamesAssignee">True when rows say who takes care.</param>
/// <param name="Zone">The readers' time zone.</param>
/// <param name="Day">The readers' day: words such as "tomorrow" change with it.</param>
internal sealed record RowPlace(string Before, string After, bool NamesAssignee, string Zone, DateOnly Day)
{
    private const int Most = 1_000;

    private static readonly ConcurrentDictionary<RowPlace, RowPlace> Known = new();

    /// <summary>The place of a list; one object for all who stand there.</summary>
    internal static RowPlace Of(InboxAddress address, Shared.Reader reader, DateTimeOffset now)
    {
        if (Known.Count > Most)
        {
            Known.Clear(); // yesterday's, and those of searches
        }

        var parts = (address with { Conversation = Guid.Empty, Message = null }).Href.Split(Guid.Empty.ToString(), 2);
        var place = new RowPlace(parts[0], parts[1], address.View != InboxView.Mine, reader.Zone.Id, DateOnly.FromDateTime(reader.Local(now).Date));
        return Known.GetOrAdd(place, place);
    }
}
