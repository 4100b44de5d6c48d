namespace Omni.Infrastructure.Data;

public static partial class DataModule
{
    /// <summary>The tables, columns, keys and walls as Markdown, for docs/schema.md. Needs no server.</summary>
    public static string DescribeSchema() => SchemaPage.Write();
}
