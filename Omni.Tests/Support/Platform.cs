using System.Runtime.Versioning;

// Tests that start the program send it Unix signals and read /proc.
[assembly: SupportedOSPlatform("linux")]
