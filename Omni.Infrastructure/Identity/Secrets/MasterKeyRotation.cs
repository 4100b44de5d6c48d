using Omni.Core.Operations;

namespace Omni.Infrastructure.Identity.Secrets;

/// <summary>Changes the master key: every wrapped data key is unwrapped with the key that wrapped it and wrapped with the current one. What the data keys seal is not touched.</summary>
internal static class MasterKeyRotation
{
    /// <summary>Runs the rotation. With a key file, a new key is written in front of the old ones first, and the old ones are removed at the end; a run that was cut off is simply started again.</summary>
    /// <returns>What was done, for the person at the terminal.</returns>
    internal static async Task<string> RunAsync(OmniOptions options, DataKeyStore store, Microsoft.Extensions.Logging.ILogger log, CancellationToken ct)
    {
        var path = MasterKeys.PathIn(options);
        var byFile = options.MasterKey is not { Length: > 0 };
        if (byFile)
        {
            var known = MasterKeys.Load(options, log); // makes the file, or refuses a broken one, before anything is changed
            if (known.Count == 1)
            {
                MasterKeys.Write(path, [MasterKeys.NewKey(), .. await File.ReadAllLinesAsync(path, ct)]);
            }
        }

        var keys = MasterKeys.Load(options, log);
        var count = await store.RewrapAsync((name, wrapped) =>
        {
            var place = DataKeyStore.PlaceOf(name);
            return keys.Current.Wrap(keys.Find(MasterKey.IdOf(wrapped)).Unwrap(wrapped, place), place);
        }, ct);
        if (!byFile)
        {
            return $"{count} keys are wrapped by the present Omni:MasterKey now. Omni:PreviousMasterKeys can be emptied.";
        }

        MasterKeys.Write(path, (await File.ReadAllLinesAsync(path, ct)).Take(1));
        return $"{count} keys are wrapped by a new master key in {path}. Keep a copy of it elsewhere.";
    }
}
