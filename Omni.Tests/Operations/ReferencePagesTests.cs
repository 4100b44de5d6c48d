using System.Reflection;
using System.Runtime.CompilerServices;
using Omni.Core.Events;
using Omni.Web.Operations;

namespace Omni.Tests.Operations;

public sealed class ReferencePagesTests
{
    [Theory]
    [InlineData("errors.md")]
    [InlineData("events.md")]
    [InlineData("metrics.md")]
    [InlineData("schema.md")]
    public void A_page_is_as_the_program_writes_it(string name)
    {
        var file = Path.Combine(Root(), "docs", name);
        var present = File.Exists(file) ? File.ReadAllText(file) : "";

        Assert.True(ReferencePages.Write()[name] == present, $"docs/{name} is stale. Renew it: dotnet run --project Omni.Web -- {ReferencePages.Switch} docs");
    }

    [Fact]
    public void Every_event_is_in_the_catalogue_once()
    {
        var names = typeof(EventNames).GetFields(BindingFlags.Public | BindingFlags.Static).Select(f => (string)f.GetRawConstantValue()!);

        Assert.Equal(names.Order(), EventCatalogue.All.Select(e => e.Name).Order());
    }

    private static string Root([CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", ".."));
}
