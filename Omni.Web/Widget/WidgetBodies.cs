using System.Text.Json;

namespace Omni.Web.Widget;

/// <summary>Body of <c>POST visitors</c>; everything may be left out.</summary>
/// <param name="Identifier">The site's own id of the person.</param>
/// <param name="Hmac">Lower-case hexadecimal HMAC-SHA256 of the identifier under the chat's identity secret.</param>
/// <param name="Name">Name.</param>
/// <param name="Email">E-mail address.</param>
/// <param name="Attributes">Further texts, numbers and truth values.</param>
/// <param name="Page">The open page.</param>
/// <param name="Referrer">Where the person came from.</param>
/// <param name="Language">Language of the browser.</param>
/// <param name="TimeZone">Time zone of the browser.</param>
public sealed record BeginVisitor(
    string? Identifier, string? Hmac, string? Name, string? Email, Dictionary<string, JsonElement>? Attributes, PageBody? Page, string? Referrer, string? Language, string? TimeZone);

/// <summary>A page of the site.</summary>
/// <param name="Url">Its address.</param>
/// <param name="Title">Its title.</param>
public sealed record PageBody(string? Url, string? Title);

/// <summary>Body of <c>POST messages</c>.</summary>
/// <param name="ClientId">The browser's own id; a repeat changes nothing.</param>
/// <param name="Text">The words.</param>
/// <param name="Attachments">Ids of uploaded files.</param>
/// <param name="Fields">Answers to the questions before the first message.</param>
/// <param name="Offline">True when it was written in the form for while nobody is there.</param>
/// <param name="Page">The open page.</param>
public sealed record PostVisitorMessage(Guid ClientId, string? Text, Guid[]? Attachments, Dictionary<string, string?>? Fields, bool Offline, PageBody? Page);

/// <summary>Body of <c>POST typing</c>.</summary>
/// <param name="Active">False when the visitor stopped writing.</param>
public sealed record TypingBody(bool Active);

/// <summary>Body of <c>POST read</c>.</summary>
/// <param name="Position">Position of the newest message that was seen.</param>
public sealed record ReadBody(long Position);

/// <summary>Body of <c>POST transcript</c>.</summary>
/// <param name="Email">Where the talk is mailed to.</param>
public sealed record TranscriptBody(string? Email);
