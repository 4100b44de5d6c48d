using System.Security.Cryptography;
using System.Text;

namespace Omni.Bench.Load;

/// <summary>Writes a signed webhook with one message as bytes of HTTP/1.1.</summary>
internal static class WebhookRequest
{
    /// <summary>What a delivery with one message weighs, profile and metadata included.</summary>
    internal const int UsualBytes = 1500;

    private static readonly string Filler = MakeFiller();

    /// <summary>Writes one.</summary>
    /// <param name="buffer">At least 8 KB.</param>
    /// <param name="target">The account.</param>
    /// <param name="id">The platform's id of the message.</param>
    /// <param name="from">The sender's number.</param>
    /// <param name="begin">How the text begins.</param>
    /// <param name="words">Further words of the text.</param>
    /// <param name="bytes">Size of the body; what the text leaves is filled with what nobody reads.</param>
    /// <param name="random">Chooses them.</param>
    /// <returns>The bytes written.</returns>
    internal static int Write(byte[] buffer, LoadTarget target, string id, string from, string begin, int words, int bytes, Random random)
    {
        var head = $$"""{"object":"whatsapp_business_account","entry":[{"id":"{{target.BusinessId}}","changes":[{"value":{"messaging_product":"whatsapp","metadata":{"display_phone_number":"15550100000","phone_number_id":"{{target.NumberId}}"},"contacts":[{"profile":{"name":"Contact {{from[^4..]}}"},"wa_id":"{{from}}"}],"messages":[{"from":"{{from}}","id":"{{id}}","timestamp":"{{DateTimeOffset.UtcNow.ToUnixTimeSeconds()}}","type":"text","text":{"body":"{{(begin.Length == 0 ? "" : begin + " ")}}{{Words(words, random)}}""" + "\"}}],\"filler\":\"";
        const string tail = "\"},\"field\":\"messages\"}]}]}";
        var text = Filler.AsSpan(random.Next(4000), Math.Clamp(bytes - head.Length - tail.Length, 5, 4000));
        var body = Encoding.UTF8.GetBytes(string.Concat(head, text, tail));
        Span<byte> mac = stackalloc byte[32];
        HMACSHA256.HashData(target.Secret, body, mac);
        var size = Encoding.ASCII.GetBytes(
            $"POST {target.Path} HTTP/1.1\r\nHost: 127.0.0.1:{target.Port}\r\nContent-Type: application/json\r\nX-Hub-Signature-256: sha256={Convert.ToHexStringLower(mac)}\r\nContent-Length: {body.Length}\r\n\r\n",
            buffer);
        body.CopyTo(buffer, size);
        return size + body.Length;
    }

    private static ReadOnlySpan<char> Words(int words, Random random)
    {
        var text = Filler.AsSpan(Filler.IndexOf(' ', random.Next(4000)) + 1);
        var length = 0;
        for (var left = words; left > 0; left--)
        {
            length += text[length..].IndexOf(' ') + 1;
        }

        return text[..(length - 1)];
    }

    private static string MakeFiller()
    {
        var random = new Random(1);
        var text = new StringBuilder();
        while (text.Length < 8192)
        {
            for (var letters = random.Next(3, 10); letters > 0; letters--)
            {
                text.Append((char)('a' + random.Next(26)));
            }

            text.Append(' ');
        }

        return text.ToString();
    }
}
