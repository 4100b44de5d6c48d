using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Npgsql;

namespace Omni.Bench.Anchors;

/// <summary>The least that a server can do for a signed webhook: the yardstick that Omni is held against.</summary>
internal static class AnchorServer
{
    /// <summary>The mode that runs it.</summary>
    internal const string Mode = "anchor";

    private const string SignatureBegin = "sha256=";

    /// <summary>Runs until the process is ended.</summary>
    /// <param name="options">port, database (a connection string) and secret.</param>
    internal static async Task RunAsync(BenchOptions options)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{options.Number("port", 0)}");
        builder.WebHost.ConfigureKestrel(k => k.AddServerHeader = false);
        var app = builder.Build();
        var key = Encoding.UTF8.GetBytes(options.Text("secret", ""));
        await using var source = NpgsqlDataSource.Create(options.Text("database", ""));
        var (deliveries, messages) = (new AnchorGroup(source, isWhole: false), new AnchorGroup(source, isWhole: true));
        app.MapGet("/", () => "ready");
        Map(app, "/insert", key, item => InsertAsync(source, item));
        Map(app, "/group", key, deliveries.AddAsync);
        Map(app, "/inbound", key, messages.AddAsync);
        await app.RunAsync();
    }

    private static void Map(WebApplication app, string path, byte[] key, Func<AnchorItem, Task> store) => app.MapPost(path, async (HttpContext http) =>
    {
        var size = (int)(http.Request.ContentLength ?? 0);
        var buffer = ArrayPool<byte>.Shared.Rent(Math.Max(size, 1));
        try
        {
            var body = buffer.AsMemory(0, size);
            await http.Request.Body.ReadExactlyAsync(body);
            if (!IsSigned(key, http.Request.Headers["X-Hub-Signature-256"].ToString(), body.Span))
            {
                http.Response.StatusCode = StatusCodes.Status401Unauthorized;
                return;
            }

            await store(Read(body.Span));
            http.Response.ContentLength = 0;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    });

    private static async Task InsertAsync(NpgsqlDataSource source, AnchorItem item)
    {
        await using var command = source.CreateCommand("insert into delivery (number, external_id, body) values ($1, $2, $3) on conflict do nothing");
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = item.Number });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = item.Id });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = item.Body });
        await command.ExecuteNonQueryAsync();
    }

    private static bool IsSigned(byte[] key, string header, ReadOnlySpan<byte> body)
    {
        Span<byte> expected = stackalloc byte[32], given = stackalloc byte[32];
        HMACSHA256.HashData(key, body, expected);
        return header.StartsWith(SignatureBegin, StringComparison.Ordinal)
            && Convert.FromHexString(header.AsSpan(SignatureBegin.Length), given, out _, out _) == OperationStatus.Done
            && CryptographicOperations.FixedTimeEquals(expected, given);
    }

    // Only what the tables need, in one pass.
    private static AnchorItem Read(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        var (number, id, from, text, isInside) = ("", "", "", "", false);
        while (reader.Read())
        {
            if (reader.TokenType != JsonTokenType.PropertyName)
            {
                continue;
            }

            if (reader.ValueTextEquals("phone_number_id"u8))
            {
                reader.Read();
                number = reader.GetString()!;
            }
            else if (!isInside)
            {
                isInside = reader.ValueTextEquals("messages"u8);
            }
            else if (reader.ValueTextEquals("from"u8))
            {
                reader.Read();
                from = reader.GetString()!;
            }
            else if (reader.ValueTextEquals("id"u8))
            {
                reader.Read();
                id = reader.GetString()!;
            }
            else if (reader.ValueTextEquals("body"u8))
            {
                reader.Read();
                text = reader.GetString()!;
            }
        }

        return new AnchorItem(number, id, from, text, Encoding.UTF8.GetString(json));
    }
}
