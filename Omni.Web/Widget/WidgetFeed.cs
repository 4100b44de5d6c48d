using System.Globalization;
using System.Text.Json;
using Omni.Core.Inbox;
using Omni.Core.Widget;
using Omni.Web.Shared.Api;

namespace Omni.Web.Widget;

/// <summary>What one page is told, and how far that got: nothing is left out after a broken connection, and hardly anything comes twice.</summary>
internal sealed class WidgetFeed(WidgetSite site, WidgetVisitor visitor, IWidgetReader reader, WidgetFiles files, WidgetReceipts receipts, TimeProvider clock)
{
    // A change is announced a moment after its time at the latest; a transaction lives no longer than this.
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Remembered = TimeSpan.FromSeconds(20);
    private const int MostRemembered = 24;
    private const int MostMissed = 50;

    private readonly Queue<(DateTimeOffset At, uint Mark)> _carried = new();

    /// <summary>Where the page goes on: the time, and marks of what it got shortly before it.</summary>
    internal string Cursor
    {
        get
        {
            var now = clock.GetUtcNow();
            while (_carried.TryPeek(out var oldest) && (_carried.Count > MostRemembered || now - oldest.At > Remembered))
            {
                _carried.Dequeue();
            }

            return string.Join('.', _carried.Select(c => c.Mark.ToString("x8", CultureInfo.InvariantCulture)).Prepend(now.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture)));
        }
    }

    /// <summary>The beginning: how things stand, and what was missed since a cursor.</summary>
    internal async Task<List<WidgetLine>> StartAsync(string? after, CancellationToken ct)
    {
        var (unread, _) = await reader.CountAsync(visitor, ct);
        var read = await reader.TeamReadAsync(visitor, ct);
        var missed = await MissedAsync(after, ct);
        return [Line("ready", new { cursor = Cursor, unread, read }), .. missed];
    }

    /// <summary>The written form of a signal; null when the page has it already.</summary>
    internal WidgetLine? Of(WidgetSignal signal)
    {
        if (signal.Message is { } message)
        {
            if (_carried.Any(c => c.Mark == message.Fingerprint))
            {
                return null;
            }

            Remember(message);
        }

        return new WidgetLine(signal.Name, signal.Written ??= Write(signal), signal.Message);
    }

    /// <summary>The page has got a line.</summary>
    internal void Got(WidgetLine line)
    {
        if (line.Message is { IsVisitors: false, Status: MessageStatus.Sent } message)
        {
            receipts.Delivered(site, message.Id);
        }
    }

    private async Task<IEnumerable<WidgetLine>> MissedAsync(string? after, CancellationToken ct)
    {
        if (string.IsNullOrEmpty(after))
        {
            return [];
        }

        var parts = after.Split('.');
        if (parts.Length > MostRemembered + 1 || !long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var at) || at > DateTimeOffset.MaxValue.ToUnixTimeMilliseconds())
        {
            return [Line("reset", new { })];
        }

        foreach (var part in parts.Skip(1))
        {
            if (uint.TryParse(part, NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var mark))
            {
                _carried.Enqueue((clock.GetUtcNow(), mark));
            }
        }

        var moment = DateTimeOffset.FromUnixTimeMilliseconds(at);
        var rows = await reader.SinceAsync(visitor, moment - (at > Slack.TotalMilliseconds ? Slack : TimeSpan.Zero), ct);
        if (rows.Count == MostMissed)
        {
            return [Line("reset", new { })];
        }

        // What the page may know already comes as an update; pages put both in by id.
        return [.. rows.Select(m => Of(new WidgetSignal(m.At > moment ? "message" : "update") { Message = m })).OfType<WidgetLine>()];
    }

    private void Remember(WidgetMessage message)
    {
        if (_carried.Count > MostRemembered)
        {
            _carried.Dequeue();
        }

        _carried.Enqueue((clock.GetUtcNow(), message.Fingerprint));
    }

    private string Write(WidgetSignal signal) => Json(signal.Name switch
    {
        "message" or "update" => new { message = WidgetShapes.Of(signal.Message!, site.SiteKey, files) },
        "typing" => new { active = signal.Active, name = signal.Author },
        "read" => new { position = signal.Position },
        "team" => WidgetShapes.Team(signal.Team!),
        _ => new { },
    });

    private static WidgetLine Line(string name, object data) => new(name, Json(data), null);

    private static string Json(object data) => JsonSerializer.Serialize(data, OmniJson.Options);
}

/// <summary>One event as it is written.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Data">Its data as JSON.</param>
/// <param name="Message">The message it carries; null when it carries none.</param>
internal sealed record WidgetLine(string Name, string Data, WidgetMessage? Message);
