namespace Omni.Web.Shared;

/// <summary>Remembers what was heard while a page of rows is being read: the answer may be older than the news, which are put on top of it. Belongs to one component and is used on its circuit only.</summary>
/// <typeparam name="T">The rows.</typeparam>
internal sealed class Meanwhile<T>
{
    private readonly List<T> _heard = [];
    private int _readings;

    /// <summary>What was heard since the oldest reading that is still under way began, in order.</summary>
    internal IReadOnlyList<T> Heard => _heard;

    /// <summary>A reading begins. Every call needs its <see cref="End"/>.</summary>
    internal void Begin() => _readings++;

    /// <summary>A reading is over.</summary>
    internal void End()
    {
        if (--_readings == 0)
        {
            _heard.Clear();
        }
    }

    /// <summary>News came.</summary>
    internal void Hear(IEnumerable<T> rows)
    {
        if (_readings > 0)
        {
            _heard.AddRange(rows);
        }
    }
}
