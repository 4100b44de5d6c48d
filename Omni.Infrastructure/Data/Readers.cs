using Npgsql;
using Omni.Core.Common;

namespace Omni.Infrastructure.Data;

/// <summary>Reads columns that may be null.</summary>
internal static class Readers
{
    internal static string? Text(this NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);

    internal static Guid? Id(this NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetGuid(column);

    internal static DateTimeOffset? Time(this NpgsqlDataReader reader, int column) =>
        reader.IsDBNull(column) ? null : reader.GetFieldValue<DateTimeOffset>(column);

    internal static T? Name<T>(this NpgsqlDataReader reader, int column) where T : struct, Enum =>
        reader.IsDBNull(column) ? null : Names.Parse<T>(reader.GetString(column));
}
