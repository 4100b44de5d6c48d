using Omni.Core.Operations;
using Omni.Tests.Support;
using Omni.Web.Operations;

namespace Omni.Tests.Operations;

public sealed class CommandLineTests
{
    [Fact]
    public void A_switch_its_value_and_settings_are_told_apart()
    {
        var call = Parse("--Urls=http://127.0.0.1:1", "--backup", "a file", "--Omni:Sandbox", "false");

        Assert.Equal("--backup", call.Chosen?.Name);
        Assert.Equal("a file", call.Value);
        Assert.Equal(["--Urls=http://127.0.0.1:1", "--Omni:Sandbox", "false"], call.Arguments);
    }

    [Theory]
    [InlineData("--backupp", "x")]
    [InlineData("--backup")]
    [InlineData("--migrate", "--help")]
    public void A_mistyped_incomplete_or_doubled_switch_is_refused_by_name(params string[] args)
    {
        var refused = Assert.Throws<StartupException>(() => Parse(args));

        Assert.Contains(args[0], refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Help_lists_every_switch_and_starts_nothing()
    {
        var data = OmniProcess.NewDataDirectory();
        var (exitCode, output) = await OmniProcess.RunAsync(data, "--help");

        Assert.Equal(0, exitCode);
        Assert.All(CommandLine.Switches, s => Assert.Contains(s.Name, output, StringComparison.Ordinal));
        Assert.Empty(Directory.EnumerateFileSystemEntries(data));
        Directory.Delete(data);
    }

    [Fact]
    public async Task Version_is_one_line()
    {
        var (exitCode, output) = await OmniProcess.RunAsync(null, "--version");

        Assert.Equal(0, exitCode);
        Assert.Matches(@"^Omni \d+\.\d+\.\d+\S*$", output.Trim());
    }

    private static CommandLineCall Parse(params string[] args) => CommandLine.Parse(args, TextWriter.Null, CancellationToken.None);
}
