using System.Text;

namespace Omni.Core.Contacts;

/// <summary>Reads and writes comma-separated values (RFC 4180).</summary>
public static class Csv
{
    /// <summary>Takes a text apart. Empty lines are left out.</summary>
    /// <param name="text">The text; a byte order mark at its beginning does not count.</param>
    /// <returns>Records with the number of the line they begin on, from 1.</returns>
    public static IEnumerable<(int Line, IReadOnlyList<string> Fields)> Read(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var (line, start, quoted) = (1, 1, false);
        var field = new StringBuilder();
        var fields = new List<string>();
        for (var at = text.StartsWith('\uFEFF') ? 1 : 0; at < text.Length; at++)
        {
            var c = text[at];
            line += c == '\n' ? 1 : 0;
            if (quoted)
            {
                if (c != '"')
                {
                    field.Append(c);
                }
                else if (at + 1 < text.Length && text[at + 1] == '"')
                {
                    field.Append('"');
                    at++;
                }
                else
                {
                    quoted = false;
                }
            }
            else if (c == '"' && field.Length == 0)
            {
                quoted = true;
            }
            else if (c == ',')
            {
                fields.Add(field.ToString());
                field.Clear();
            }
            else if (c == '\n')
            {
                if (field.Length > 0 || fields.Count > 0)
                {
                    fields.Add(field.ToString());
                    yield return (start, fields);
                    fields = [];
                }

                field.Clear();
                start = line;
            }
            else if (c != '\r')
            {
                field.Append(c);
            }
        }

        if (field.Length > 0 || fields.Count > 0)
        {
            fields.Add(field.ToString());
            yield return (start, fields);
        }
    }

    /// <summary>Writes one record with its line end. A field that a spreadsheet would take for a formula gets an apostrophe in front.</summary>
    public static string Write(params IEnumerable<string?> fields) => string.Join(',', fields.Select(Field)) + "\r\n";

    private static string Field(string? value)
    {
        var text = value ?? "";
        // Spreadsheets look at the first character, some of them after blanks.
        var first = text.AsSpan().TrimStart(' ');
        if (first.Length > 0 && first[0] is '=' or '+' or '-' or '@' or '\t' or '\r' or '\n' or '＝' or '＋' or '－' or '＠')
        {
            text = "'" + text;
        }

        return text.AsSpan().IndexOfAny(",\"\r\n") >= 0 ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;
    }
}
