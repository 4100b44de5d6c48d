using Microsoft.EntityFrameworkCore;
using Omni.Core.Common;

namespace Omni.Web.Shared;

/// <summary>Use cases that meet somebody else's change of the same row. Their transaction was undone, so they begin anew with the row as it is now.</summary>
internal static class Attempts
{
    private const int Most = 3;

    /// <summary>Runs a use case, again when a row was changed under its hands.</summary>
    /// <returns>Its result; a conflict when the row was changed every time.</returns>
    internal static async Task<Result<T>> RunAsync<T>(Func<Task<Result<T>>> use)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await use();
            }
            catch (DbUpdateConcurrencyException) when (attempt < Most)
            {
                continue; // what it read is old: it reads again
            }
            catch (DbUpdateConcurrencyException)
            {
                return new Refusal.Conflict("Somebody else is changing this at the same time. Try again.");
            }
        }
    }
}
