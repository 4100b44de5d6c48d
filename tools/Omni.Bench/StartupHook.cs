using System.Diagnostics;
using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;

#pragma warning disable MA0047 // the runtime looks for a hook of this very name, outside of any namespace
/// <summary>
/// Loaded into a program that is started with <c>DOTNET_STARTUP_HOOKS</c>: takes the comparison with the organization out of every statement
/// that Entity Framework makes, so that a run can show what happens without the program's own wall.
/// </summary>
internal static partial class StartupHook
{
    /// <summary>Called by the runtime before the program's own beginning.</summary>
    public static void Initialize() => DiagnosticListener.AllListeners.Subscribe(new Listeners());

    private sealed class Listeners : IObserver<DiagnosticListener>
    {
        public void OnCompleted()
        {
            // listeners last as long as the program
        }

        public void OnError(Exception error) => Debug.Fail(error.Message);

        public void OnNext(DiagnosticListener value)
        {
            if (value.Name == DbLoggerCategory.Name)
            {
                value.Subscribe(new Statements());
            }
        }
    }

    private sealed partial class Statements : IObserver<KeyValuePair<string, object?>>
    {
        public void OnCompleted()
        {
            // the same
        }

        public void OnError(Exception error) => Debug.Fail(error.Message);

        public void OnNext(KeyValuePair<string, object?> value)
        {
            if (value.Value is CommandEventData { Command: var command } && value.Key == RelationalEventId.CommandExecuting.Name)
            {
                command.CommandText = Wall().Replace(command.CommandText, "true");
            }
        }

        [GeneratedRegex(@"\b\w+\.organization_id = @\w+", RegexOptions.NonBacktracking)]
        private static partial Regex Wall();
    }
}
