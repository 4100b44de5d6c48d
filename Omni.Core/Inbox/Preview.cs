namespace Omni.Core.Inbox;

/// <summary>The one line that a list shows of a message.</summary>
public static class Preview
{
    private const int Length = 200;

    /// <summary>The first words, or the kind of content in a word.</summary>
    public static string Of(string type, string? text)
    {
        ArgumentNullException.ThrowIfNull(type);
        if (string.IsNullOrWhiteSpace(text))
        {
            return type switch
            {
                "text" => "",
                "image" => "Photo",
                "video" => "Video",
                "audio" => "Voice note",
                "file" => "File",
                "sticker" => "Sticker",
                "location" => "Location",
                "contacts" => "Contact card",
                "order" => "Order",
                "template" => "Template",
                "interactive" => "Choice",
                "share" or "link" => "Shared post",
                "story_mention" => "Mentioned you in a story",
                _ => "Unsupported message",
            };
        }

        var line = string.Join(' ', text.Split((char[]?)null, Length, StringSplitOptions.RemoveEmptyEntries));
        if (line.Length <= Length)
        {
            return line;
        }

        var end = char.IsHighSurrogate(line[Length - 1]) ? Length - 1 : Length;
        return line[..end] + "…";
    }
}
