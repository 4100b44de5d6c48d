using System.Text.Json;
using Omni.Bench;
using Omni.Bench.Anchors;
using Omni.Bench.Floor;
using Omni.Bench.Fuzz;
using Omni.Bench.Modes;

[assembly: System.Runtime.Versioning.SupportedOSPlatform("linux")] // reads /proc

var options = BenchOptions.Parse(args);
if (options.Mode == AnchorServer.Mode)
{
    await AnchorServer.RunAsync(options);
    return 0;
}

if (options.Mode == FloorServer.Mode)
{
    await FloorServer.RunAsync(options);
    return 0;
}

if (BenchMode.Find(options.Mode) is not { } mode)
{
    await Console.Error.WriteLineAsync(BenchOptions.Help);
    return 2;
}

using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, press) =>
{
    press.Cancel = true;
    stop.Cancel();
};
try
{
    var result = await mode(options, stop.Token);
    Console.WriteLine(JsonSerializer.Serialize(result is FuzzResult fuzz ? fuzz.Line : result, BenchJson.Options));
    return result is IVerdict { Passed: false } ? 1 : 0;
}
catch (Exception failure)
{
    // Caught, so that every server that was started has been stopped by now.
    await Console.Error.WriteLineAsync(failure.ToString());
    return 1;
}
