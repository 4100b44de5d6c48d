using System.Runtime.InteropServices;

namespace Omni.Web.Operations;

/// <summary>
/// Ctrl+C, SIGTERM and SIGQUIT as a token, from the first line of the program to its last: they also come before the host is
/// there to take them, and a second one must not end the program while the database server is still stopping.
/// </summary>
internal sealed class StopSignals : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly PosixSignalRegistration[] _registrations;

    internal StopSignals() => _registrations =
        [Register(PosixSignal.SIGINT), Register(PosixSignal.SIGTERM), Register(PosixSignal.SIGQUIT)];

    /// <summary>Cancelled at the first signal.</summary>
    internal CancellationToken Token => _stop.Token;

    public void Dispose()
    {
        foreach (var registration in _registrations)
        {
            registration.Dispose();
        }

        _stop.Dispose();
    }

    private PosixSignalRegistration Register(PosixSignal signal) => PosixSignalRegistration.Create(signal, context =>
    {
        context.Cancel = true;
        _stop.Cancel();
    });
}
