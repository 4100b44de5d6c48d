namespace Omni.Tests.Widget;

/// <summary>The tests that share one start of the program.</summary>
[CollectionDefinition(Name)]
public sealed class WidgetCollection : ICollectionFixture<WidgetHost>
{
    public const string Name = "widget";
}
