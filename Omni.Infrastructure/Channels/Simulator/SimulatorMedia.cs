using System.Collections.Concurrent;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Omni.Core.Common;

namespace Omni.Infrastructure.Channels.Simulator;

/// <summary>Files at the simulated platform: uploaded by us or sent by a person.</summary>
/// <param name="most">How many are kept; older ones are forgotten.</param>
/// <param name="samples">Files that are always there, by id, for every token.</param>
internal sealed class SimulatorMedia(int most = int.MaxValue, IReadOnlyDictionary<string, (string Mime, byte[] Content)>? samples = null)
{
    /// <summary>First part of the path under which contents are read.</summary>
    public const string Path = "simulated-files";

    private readonly ConcurrentDictionary<string, (string Owner, string Mime, byte[] Content)> _files = new();
    private readonly ConcurrentQueue<string> _order = new();
    private long _last = 4_000_000_000;

    /// <summary>Keeps a file and names it.</summary>
    public string Add(SimulatedAccount account, string mime, byte[] content)
    {
        var id = Interlocked.Increment(ref _last).ToString(System.Globalization.CultureInfo.InvariantCulture);
        _files[id] = (account.AccessToken, mime, content);
        _order.Enqueue(id);
        while (_order.Count > most && _order.TryDequeue(out var oldest))
        {
            _files.TryRemove(oldest, out _);
        }

        return id;
    }

    /// <summary>Keeps a file whose address alone opens it, as addresses in direct messages do.</summary>
    /// <returns>The path of its address.</returns>
    public string Publish(string mime, byte[] content)
    {
        var id = OmniId.New().ToString("N");
        _files[id] = ("", mime, content);
        _order.Enqueue(id);
        return $"{Path}/{id}";
    }

    /// <summary>True when there is such a file.</summary>
    public bool Knows(string id) => _files.ContainsKey(id) || samples?.ContainsKey(id) == true;

    /// <summary>Answers an upload.</summary>
    public async Task UploadAsync(HttpContext http, SimulatedAccount account)
    {
        var form = http.Request.HasFormContentType ? await http.Request.ReadFormAsync(http.RequestAborted) : null;
        if (form is null || form["messaging_product"] != "whatsapp" || form["type"].Count != 1 || form.Files.GetFile("file") is not { } file)
        {
            await SimulatorReply.ErrorAsync(http, StatusCodes.Status400BadRequest, 100, "The parameters messaging_product, type and file are required.");
            return;
        }

        using var content = new MemoryStream();
        await file.CopyToAsync(content, http.RequestAborted);
        await SimulatorReply.JsonAsync(http, new { id = Add(account, form["type"].ToString(), content.ToArray()) });
    }

    /// <summary>Answers where a file is; false when there is none for this token.</summary>
    public async Task<bool> DescribeAsync(HttpContext http, string id, string token)
    {
        if (Find(id, token) is not { } file)
        {
            return false;
        }

        await SimulatorReply.JsonAsync(http, new
        {
            messaging_product = "whatsapp",
            url = $"{http.Request.Scheme}://{http.Request.Host}/{Path}/{id}",
            mime_type = file.Mime,
            sha256 = Convert.ToHexStringLower(SHA256.HashData(file.Content)),
            file_size = file.Content.Length,
            id,
        });
        return true;
    }

    /// <summary>Answers a file's content; the token is needed here too.</summary>
    public async Task ReadAsync(HttpContext http, string id, string token)
    {
        if (Find(id, token) is not { } file)
        {
            http.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        http.Response.ContentType = file.Mime;
        await http.Response.Body.WriteAsync(file.Content, http.RequestAborted);
    }

    private (string Mime, byte[] Content)? Find(string id, string token) =>
        _files.TryGetValue(id, out var file) && (file.Owner == token || file.Owner.Length == 0) ? (file.Mime, file.Content)
        : samples is not null && samples.TryGetValue(id, out var sample) ? sample
        : null;
}
