namespace Omni.Bench.Modes;

/// <summary>A result that can fail.</summary>
internal interface IVerdict
{
    /// <summary>False makes the tool end with 1.</summary>
    bool Passed { get; }
}
