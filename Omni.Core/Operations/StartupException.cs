namespace Omni.Core.Operations;

/// <summary>
/// The program cannot start for a reason that the person who starts it can mend: a wrong setting, a folder in use, a missing
/// server. The lines are printed as they are, without a stack trace, and the program ends with <see cref="ExitCode"/>.
/// </summary>
/// <param name="problems">One plain sentence per problem; it names the key or the file and says what is expected.</param>
/// <param name="inner">What caused it, or null.</param>
public sealed class StartupException(IReadOnlyList<string> problems, Exception? inner = null)
    : Exception(string.Join(Environment.NewLine, problems), inner)
{
    /// <summary>What the process returns to the shell.</summary>
    public const int ExitCode = 2;

    /// <summary>A start that failed for one reason.</summary>
    /// <param name="problem">The plain sentence.</param>
    /// <param name="inner">What caused it, or null.</param>
    public StartupException(string problem, Exception? inner = null) : this([problem], inner) { }

    /// <summary>One plain sentence per problem.</summary>
    public IReadOnlyList<string> Problems { get; } = problems;
}
