using System.Text.Json.Nodes;
using Omni.Core.Channels;

namespace Omni.Web.Channels;

/// <summary>What was entered into a channel's form.</summary>
/// <param name="Kind">The platform.</param>
/// <param name="Name">Name for the team.</param>
/// <param name="Credentials">What was entered; inputs left empty of a connected channel are not in it.</param>
/// <param name="Settings">The channel's settings as a whole; null leaves them as they are.</param>
public sealed record ChannelEdit(ChannelKind Kind, string? Name, IReadOnlyDictionary<string, string?> Credentials, JsonObject? Settings = null);
