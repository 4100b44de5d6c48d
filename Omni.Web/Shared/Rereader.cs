namespace Omni.Web.Shared;

/// <summary>Reads again whenever it is told to, one reading at a time, so that an older answer never replaces a newer one. Belongs to one component and is used on its circuit only.</summary>
/// <param name="read">Reads and shows.</param>
internal sealed class Rereader(Func<Task> read)
{
    private Task _now = Task.CompletedTask;
    private Task? _next;

    /// <summary>Reads. Calls that come while a reading is under way are answered together by one further reading, since the running one may have missed what they are about.</summary>
    /// <returns>Done when a reading that began after this call is over.</returns>
    internal Task AgainAsync() => _next ?? (_now.IsCompleted ? _now = read() : _next = OnceMoreAsync(_now));

    private async Task OnceMoreAsync(Task before)
    {
        // How the earlier reading ended is told to who asked for it.
        await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        _next = null;
        await (_now = read());
    }
}
