using Microsoft.Extensions.FileProviders;

namespace Omni.Web.Operations;

/// <summary>Parts that a build without Node lacks. Omni works without them and says so at start.</summary>
internal static class OptionalParts
{
    /// <summary>Path of the interface font's style sheet below the web root.</summary>
    internal const string Font = "fonts/inter.css";

    /// <summary>One line per missing part.</summary>
    internal static IEnumerable<string> Missing(IFileProvider webRoot)
    {
        if (!webRoot.GetFileInfo(Font).Exists)
        {
            yield return "Missing: the interface font; the system's font is used. Install Node and build again to add it.";
        }
    }
}
