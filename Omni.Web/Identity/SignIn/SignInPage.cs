using Microsoft.AspNetCore.Components;
using Omni.Core.Common;
using Omni.Core.Identity;

namespace Omni.Web.Identity.SignIn;

/// <summary>What the plain pages share: the request, the caller, and going elsewhere after a form was sent.</summary>
public abstract class SignInPage : ComponentBase
{
    /// <summary>The request.</summary>
    [CascadingParameter]
    public HttpContext Http { get; set; } = null!;

    /// <summary>Goes to another page.</summary>
    [Inject]
    protected NavigationManager Navigation { get; set; } = null!;

    /// <summary>Why the form was refused; null when it was not.</summary>
    protected Refusal? Refused { get; set; }

    /// <summary>Where the call comes from.</summary>
    protected Caller Caller => Callers.Of(Http);

    /// <summary>Stops waiting when the browser does.</summary>
    protected CancellationToken Aborted => Http.RequestAborted;

    /// <summary>What is wrong with a field; null when nothing is.</summary>
    protected string? WrongWith(string field) => Refused is Refusal.Invalid invalid && invalid.Field == field ? invalid.Message : null;

    /// <summary>What is wrong with the form as a whole; null when nothing is, or when a field says it.</summary>
    protected string? WrongWithForm(params string[] fields) =>
        Refused is Refusal.Invalid invalid && fields.Contains(invalid.Field) ? null : Describe(Refused);

    private string? Describe(Refusal? refusal)
    {
        if (refusal is null)
        {
            return null;
        }

        // A form that was refused must not look like a success to whoever only reads the status.
        Http.Response.StatusCode = Shared.Api.Problems.StatusOf(refusal) == StatusCodes.Status429TooManyRequests ? StatusCodes.Status429TooManyRequests : StatusCodes.Status400BadRequest;
        return refusal is Refusal.TooMany many
            ? $"Too many tries. Wait {Math.Max(1, (int)Math.Ceiling(many.After.TotalMinutes))} min and try again."
            : refusal.Message;
    }
}
