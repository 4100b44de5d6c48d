namespace Omni.Infrastructure.Sandbox;

/// <summary>The files that pretend customers send. The same on every node, so that whichever fetches them finds them.</summary>
internal static class SandboxSamples
{
    /// <summary>Id of the photo: a broken tent pole.</summary>
    internal const string Photo = "sample-photo";

    /// <summary>Id of the voice note: two seconds of silence.</summary>
    internal const string Voice = "sample-voice";

    /// <summary>Id of the document: a page of text.</summary>
    internal const string Document = "sample-document";

    /// <summary>All of them by id.</summary>
    internal static IReadOnlyDictionary<string, (string Mime, byte[] Content)> All { get; } = new Dictionary<string, (string, byte[])>
    {
        [Photo] = ("image/jpeg", Read("photo.jpg")),
        [Voice] = ("audio/ogg; codecs=opus", Read("voice.ogg")),
        [Document] = ("text/plain", Read("receipt.txt")),
    };

    private static byte[] Read(string name)
    {
        using var resource = typeof(SandboxSamples).Assembly.GetManifestResourceStream($"Omni.Infrastructure.Sandbox.Samples.{name}")
            ?? throw new InvalidOperationException($"The sample {name} is not in the program.");
        using var content = new MemoryStream();
        resource.CopyTo(content);
        return content.ToArray();
    }
}
