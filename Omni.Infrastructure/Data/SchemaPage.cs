using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;

namespace Omni.Infrastructure.Data;

/// <summary>Describes the tables as a page of documentation.</summary>
internal static class SchemaPage
{
    /// <summary>The page in Markdown. Reads the model only; needs no server.</summary>
    internal static string Write()
    {
        using var db = new OmniDbContextDesign().CreateDbContext([]);
        var model = db.GetService<IDesignTimeModel>().Model.GetRelationalModel();
        var page = new StringBuilder();
        page.Append("Tables of the database. A table belongs to an organization (row-level security lets `omni_app` see the rows of one organization only) or is global. ");
        page.Append("Quartz keeps its own tables beside these, named `qrtz_…`.\n");
        foreach (var table in model.Tables.OrderBy(t => t.Name, StringComparer.Ordinal))
        {
            WriteTable(page, table);
        }

        return page.ToString();
    }

    private static void WriteTable(StringBuilder page, ITable table)
    {
        page.Append($"\n## {table.Name}\n\n{Wall(table)}\n\n| column | type | null | |\n|---|---|---|---|\n");
        foreach (var column in table.Columns.OrderBy(c => Place(table, c)))
        {
            page.Append($"| {column.Name} | {column.StoreType} | {(column.IsNullable ? "yes" : "")} | {Notes(table, column)} |\n");
        }

        foreach (var key in table.UniqueConstraints.Where(k => !k.GetIsPrimaryKey()).OrderBy(k => k.Name, StringComparer.Ordinal))
        {
            page.Append($"\n- unique ({Names(key.Columns)})");
        }

        var indexes = table.Indexes.OrderBy(i => i.Name, StringComparer.Ordinal).Select(Describe).ToList();
        var references = table.ForeignKeyConstraints.OrderBy(f => f.Name, StringComparer.Ordinal)
            .Select(f => $"({Names(f.Columns)}) → {f.PrincipalTable.Name}, on delete {f.OnDeleteAction.ToString().ToLowerInvariant()}").ToList();
        WriteList(page, "Indexes", indexes);
        WriteList(page, "References", references);
    }

    private static string Wall(ITable table) =>
        Walls.GlobalTables.TryGetValue(table.Name, out var reason) ? $"Global: {reason}." + (Walls.WorkerTables.Contains(table.Name) ? " Only `omni_worker` may touch it." : "")
        : table.FindColumn("organization_id") is not null ? "Belongs to an organization."
        : "Global.";

    private static string Notes(ITable table, IColumn column)
    {
        var notes = new List<string>();
        if (table.PrimaryKey?.Columns.Contains(column) == true)
        {
            notes.Add("key");
        }

        var property = column.PropertyMappings[0].Property;
        if (property.GetMaxLength() is { } most && column.StoreType == "text")
        {
            notes.Add($"at most {most}");
        }

        if (property.IsConcurrencyToken)
        {
            notes.Add("version");
        }

        if (column.DefaultValueSql is { } sql)
        {
            notes.Add($"default `{sql}`");
        }

        return string.Join(", ", notes);
    }

    private static string Describe(ITableIndex index)
    {
        var columns = index.Columns.Select((c, i) => index.IsDescending is { } down && (down.Count == 0 || down[i]) ? $"{c.Name} desc" : c.Name);
        return $"{index.Name}: {(index.IsUnique ? "unique " : "")}({string.Join(", ", columns)}){(index.Filter is { } filter ? $" where `{filter}`" : "")}";
    }

    // Key first, then as the model has them.
    private static int Place(ITable table, IColumn column)
    {
        var key = table.PrimaryKey?.Columns.ToList().IndexOf(column) ?? -1;
        return key >= 0 ? key : 1_000;
    }

    private static string Names(IEnumerable<IColumn> columns) => string.Join(", ", columns.Select(c => c.Name));

    private static void WriteList(StringBuilder page, string title, List<string> lines)
    {
        if (lines.Count > 0)
        {
            page.Append($"\n{title}:\n");
            lines.ForEach(l => page.Append($"- {l}\n"));
        }
    }
}
