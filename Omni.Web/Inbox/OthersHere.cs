using System.Text.Json.Nodes;
using Omni.Core.Events;
using Omni.Core.Inbox;

namespace Omni.Web.Inbox;

/// <summary>Who else looks at or writes in one conversation, as far as the last seconds' signs tell.</summary>
/// <param name="self">The reader, who is not counted.</param>
public sealed class OthersHere(Guid self)
{
    private readonly Dictionary<Guid, (string Name, DateTimeOffset Until)> _viewing = [];
    private readonly Dictionary<Guid, (string Name, DateTimeOffset Until)> _writing = [];
    private readonly HashSet<Guid> _customers = [];

    /// <summary>Who looks: "Jonas is here too"; empty when nobody does.</summary>
    public string Viewers => Words(_viewing.Where(v => !_writing.ContainsKey(v.Key)).Select(v => v.Value.Name), "is here too", "are here too");

    /// <summary>Who writes: "Jonas is writing too"; empty when nobody does.</summary>
    public string Writers => string.Join(' ', new[]
    {
        Words(_writing.Where(w => _customers.Contains(w.Key)).Select(w => w.Value.Name), "is writing.", "are writing."),
        Words(_writing.Where(w => !_customers.Contains(w.Key)).Select(w => w.Value.Name), "is writing too.", "are writing too."),
    }.Where(words => words.Length > 0));

    /// <summary>Takes a sign in.</summary>
    /// <returns>True when something on the screen is different now.</returns>
    public bool Apply(ChangeEvent sign, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(sign);
        if (sign.Data["userId"] is not JsonValue id || !id.TryGetValue(out Guid user) || user == self)
        {
            return false;
        }

        var before = (Viewers, Writers);
        var name = sign.Data["displayName"] is JsonValue value && value.TryGetValue(out string? words) ? words : "";
        switch (sign.Name)
        {
            case EventNames.TypingStarted when sign.Data["contactId"] is not null:
                _customers.Add(user);
                _writing[user] = (name, now + Presence.TypingLasts);
                break;
            case EventNames.TypingStarted:
                _writing[user] = (name, now + Presence.TypingLasts);
                _viewing[user] = (name, now + Presence.ViewingLasts);
                break;
            case EventNames.TypingStopped:
                _writing.Remove(user);
                break;
            case EventNames.ViewerJoined:
                _viewing[user] = (name, now + Presence.ViewingLasts);
                break;
            case EventNames.ViewerLeft:
                _viewing.Remove(user);
                _writing.Remove(user);
                break;
            default:
                return false;
        }

        return before != (Viewers, Writers);
    }

    /// <summary>Forgets signs that are too old.</summary>
    /// <returns>True when something on the screen is different now.</returns>
    public bool Forget(DateTimeOffset now)
    {
        var before = _viewing.Count + _writing.Count;
        foreach (var signs in (Dictionary<Guid, (string Name, DateTimeOffset Until)>[])[_viewing, _writing])
        {
            foreach (var old in signs.Where(s => s.Value.Until <= now).Select(s => s.Key).ToArray())
            {
                signs.Remove(old);
            }
        }

        return before != _viewing.Count + _writing.Count;
    }

    /// <summary>True when there is anything to forget later.</summary>
    public bool Any => _viewing.Count + _writing.Count > 0;

    private static string Words(IEnumerable<string> names, string one, string many) => names.Order(StringComparer.Ordinal).ToArray() switch
    {
        [] => "",
        [var name] => $"{name} {one}",
        [var first, var second] => $"{first} and {second} {many}",
        [var first, .. var rest] => $"{first} and {rest.Length} others {many}",
    };
}
