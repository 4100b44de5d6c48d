using Omni.Core.Sandbox;

namespace Omni.Web.Sandbox;

/// <summary>A pretend customer.</summary>
/// <param name="Name">Name.</param>
/// <param name="Id">Id on the platform; left out: the one of the same name, or a new one.</param>
public sealed record SandboxPerson(string? Name, string? Id);

/// <summary>Body of <c>POST /sandbox/{channelId}/inbound</c>.</summary>
/// <param name="Contact">Who.</param>
/// <param name="Type">text (the default), image, voice, document, location, reaction, button, edit or delete.</param>
/// <param name="Text">The words, a caption, or the emoji of a reaction (empty takes it back).</param>
/// <param name="AboutId">The platform's id of the message that is answered, reacted to, edited, deleted, or whose button was pressed.</param>
/// <param name="Button">Id of the pressed button.</param>
/// <param name="Latitude">Degrees north, for a location.</param>
/// <param name="Longitude">Degrees east, for a location.</param>
/// <param name="AgeSeconds">How old the message is when it arrives.</param>
/// <param name="Copies">How often it is delivered: 1 or 2.</param>
public sealed record SandboxInbound(
    SandboxPerson? Contact, string? Type, string? Text, string? AboutId, string? Button, double? Latitude, double? Longitude, int? AgeSeconds, int? Copies)
{
    internal SandboxMessage Message(SandboxMessageType type, string name)
    {
        var message = new SandboxMessage
        {
            ContactName = name,
            ContactId = Contact?.Id,
            Type = type,
            Text = Text,
            AboutId = AboutId,
            Choice = Button is null ? null : new SandboxChoice(Button, ""),
            AgeSeconds = AgeSeconds ?? 0,
            Copies = Copies ?? 1,
        };
        return message with { Latitude = Latitude ?? message.Latitude, Longitude = Longitude ?? message.Longitude };
    }
}

/// <summary>Body of <c>POST /sandbox/{channelId}/read</c>.</summary>
/// <param name="Contact">Who looks.</param>
public sealed record SandboxLook(SandboxPerson? Contact);

/// <summary>Body of <c>PUT /sandbox/{channelId}/behaviour</c>; what is left out is ordinary.</summary>
/// <param name="SlowMs">How long each answer takes at least, in milliseconds, at most 15,000.</param>
/// <param name="Error">none, tooManyRequests or serverError.</param>
/// <param name="LostAnswer">True: sends are taken, their answers get lost.</param>
/// <param name="TokenExpired">True: the token no longer counts.</param>
/// <param name="WindowClosed">True: customers' messages count as older than the reply window.</param>
public sealed record SandboxManners(int? SlowMs, string? Error, bool? LostAnswer, bool? TokenExpired, bool? WindowClosed)
{
    internal SandboxBehaviour Behaviour(SandboxError error) => new()
    {
        SlowMs = SlowMs ?? 0,
        Error = error,
        LostAnswer = LostAnswer ?? false,
        TokenExpired = TokenExpired ?? false,
        WindowClosed = WindowClosed ?? false,
    };
}
