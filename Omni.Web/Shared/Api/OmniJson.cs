using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Omni.Core.Common;

namespace Omni.Web.Shared.Api;

/// <summary>How the API writes JSON: camelCase, times in RFC 3339 UTC with milliseconds, enumerations by their names.</summary>
internal static class OmniJson
{
    /// <summary>The settings outside of MVC, for answers that the pipeline itself writes.</summary>
    internal static JsonSerializerOptions Options { get; } = Create();

    /// <summary>Changes web defaults to the product's.</summary>
    internal static void Configure(JsonSerializerOptions options)
    {
        options.Converters.Add(new TimeConverter());
        options.Converters.Add(new TextConverter());
        options.Converters.Add(new EnumConverters());
    }

    private static JsonSerializerOptions Create()
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web);
        Configure(options);
        return options;
    }

    private sealed class TimeConverter : JsonConverter<DateTimeOffset>
    {
        public override DateTimeOffset Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) =>
            reader.TokenType == JsonTokenType.String && reader.TryGetDateTimeOffset(out var value)
                ? value.ToUniversalTime()
                : throw new JsonException("A time as 2026-01-31T12:00:00.000Z is expected.");

        public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
    }

    /// <summary>Refuses the one character that PostgreSQL cannot store; half of a character pair is refused by the reader itself.</summary>
    private sealed class TextConverter : JsonConverter<string>
    {
        public override string? Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options)
        {
            var text = reader.TokenType == JsonTokenType.String ? reader.GetString() : throw new JsonException("A text is expected.");
            return text!.Contains('\0', StringComparison.Ordinal) ? throw new JsonException("The text contains a NUL character.") : text;
        }

        public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WriteStringValue(value);

        public override string ReadAsPropertyName(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) => reader.GetString()!;

        public override void WriteAsPropertyName(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WritePropertyName(value);
    }

    private sealed class EnumConverters : JsonConverterFactory
    {
        public override bool CanConvert(Type type) => type.IsEnum;

        public override JsonConverter CreateConverter(Type type, JsonSerializerOptions options) =>
            (JsonConverter)Activator.CreateInstance(typeof(EnumConverter<>).MakeGenericType(type))!;
    }

    private sealed class EnumConverter<T> : JsonConverter<T> where T : struct, Enum
    {
        public override T Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) =>
            reader.TokenType == JsonTokenType.String && Names.TryParse<T>(reader.GetString(), out var value)
                ? value
                : throw new JsonException($"One of {string.Join(", ", Enum.GetValues<T>().Select(Names.Of))} is expected.");

        public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteStringValue(Names.Of(value));
    }
}
